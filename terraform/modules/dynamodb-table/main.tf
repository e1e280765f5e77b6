locals {
  is_provisioned = var.billing == "provisioned"

  # DynamoDB expects only the attributes that are keys, each once.
  keys = concat(
    [var.partition_key],
    var.sort_key == null ? [] : [var.sort_key],
    flatten([for index in values(var.indexes) : [for key in [index.partition_key, index.sort_key] : key if key != null]]),
  )
  attributes = { for key in local.keys : key.name => key.type... }

  global_indexes = { for name, index in var.indexes : name => index if !index.local }
  local_indexes  = { for name, index in var.indexes : name => index if index.local }

  # A table, and each of its indexes, has units of its own.
  scaled = var.autoscaling == null ? {} : merge(
    { "" = "table/${var.name}" },
    { for name in keys(local.global_indexes) : name => "table/${var.name}/index/${name}" },
  )
  scaled_units = merge([
    for index, resource in local.scaled : {
      "${index}/read" = {
        resource  = resource
        dimension = "dynamodb:${index == "" ? "table" : "index"}:ReadCapacityUnits"
        metric    = "DynamoDBReadCapacityUtilization"
        least     = var.read_units
        most      = var.autoscaling.max_read_units
      }
      "${index}/write" = {
        resource  = resource
        dimension = "dynamodb:${index == "" ? "table" : "index"}:WriteCapacityUnits"
        metric    = "DynamoDBWriteCapacityUtilization"
        least     = var.write_units
        most      = var.autoscaling.max_write_units
      }
    }
  ]...)
}

resource "aws_dynamodb_table" "this" {
  name                        = var.name
  hash_key                    = var.partition_key.name
  range_key                   = try(var.sort_key.name, null)
  billing_mode                = local.is_provisioned ? "PROVISIONED" : "PAY_PER_REQUEST"
  read_capacity               = local.is_provisioned ? var.read_units : null
  write_capacity              = local.is_provisioned ? var.write_units : null
  deletion_protection_enabled = var.deletion_protection
  table_class                 = var.class == "infrequent_access" ? "STANDARD_INFREQUENT_ACCESS" : "STANDARD"
  stream_enabled              = var.streams != "none"
  stream_view_type            = var.streams == "none" ? null : upper(var.streams)
  tags                        = var.tags

  dynamic "attribute" {
    for_each = local.attributes

    content {
      name = attribute.key
      type = attribute.value[0]
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.global_indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.partition_key.name
      range_key          = try(global_secondary_index.value.sort_key.name, null)
      projection_type    = upper(global_secondary_index.value.projection)
      non_key_attributes = global_secondary_index.value.projection == "include" ? global_secondary_index.value.include : null
      read_capacity      = local.is_provisioned ? var.read_units : null
      write_capacity     = local.is_provisioned ? var.write_units : null

      dynamic "on_demand_throughput" {
        for_each = var.max_read_units == null && var.max_write_units == null ? [] : ["limit"]

        content {
          max_read_request_units  = var.max_read_units
          max_write_request_units = var.max_write_units
        }
      }
    }
  }

  dynamic "local_secondary_index" {
    for_each = local.local_indexes

    content {
      name               = local_secondary_index.key
      range_key          = local_secondary_index.value.sort_key.name
      projection_type    = upper(local_secondary_index.value.projection)
      non_key_attributes = local_secondary_index.value.projection == "include" ? local_secondary_index.value.include : null
    }
  }

  dynamic "on_demand_throughput" {
    for_each = var.max_read_units == null && var.max_write_units == null ? [] : ["limit"]

    content {
      max_read_request_units  = var.max_read_units
      max_write_request_units = var.max_write_units
    }
  }

  dynamic "ttl" {
    for_each = var.ttl_attribute == null ? [] : [var.ttl_attribute]

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  # Without a key of its own, the account's AWS managed key (aws/dynamodb) encrypts, whose use CloudTrail records. Without this block, AWS
  # uses a key that it owns.
  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  lifecycle {
    precondition {
      condition     = alltrue([for types in values(local.attributes) : length(distinct(types)) == 1])
      error_message = "Table '${var.name}': a key attribute has two types: ${join(", ", [for name, types in local.attributes : name if length(distinct(types)) > 1])}."
    }

    precondition {
      condition     = local.is_provisioned ? var.max_read_units == null && var.max_write_units == null : var.autoscaling == null
      error_message = "Table '${var.name}': autoscaling is for provisioned billing, max_read_units and max_write_units are for on_demand."
    }
  }
}

# An apply sets the units back to the least, and autoscaling raises them again: `ignore_changes` cannot depend on a variable, and a
# second resource of the table would delete the table, with its items, where autoscaling is switched on or off.
resource "aws_appautoscaling_target" "this" {
  for_each = local.scaled_units

  service_namespace  = "dynamodb"
  resource_id        = each.value.resource
  scalable_dimension = each.value.dimension
  min_capacity       = each.value.least
  max_capacity       = each.value.most

  depends_on = [aws_dynamodb_table.this]
}

resource "aws_appautoscaling_policy" "this" {
  for_each = local.scaled_units

  name               = "${each.value.metric}:${each.value.resource}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = var.autoscaling.target_percent

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
    }
  }
}
