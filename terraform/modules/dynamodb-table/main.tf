locals {
  is_provisioned = var.billing == "provisioned"

  # DynamoDB expects only the attributes that are keys, each once.
  keys = concat(
    [var.partition_key],
    var.sort_key == null ? [] : [var.sort_key],
    flatten([for index in values(var.indexes) : [index.partition_key, index.sort_key]]),
  )
  attributes = { for key in local.keys : key.name => key.type... }
}

resource "aws_dynamodb_table" "this" {
  name                        = var.name
  hash_key                    = var.partition_key.name
  range_key                   = try(var.sort_key.name, null)
  billing_mode                = local.is_provisioned ? "PROVISIONED" : "PAY_PER_REQUEST"
  read_capacity               = local.is_provisioned ? var.read_units : null
  write_capacity              = local.is_provisioned ? var.write_units : null
  deletion_protection_enabled = var.deletion_protection
  tags                        = var.tags

  dynamic "attribute" {
    for_each = local.attributes

    content {
      name = attribute.key
      type = attribute.value[0]
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.partition_key.name
      range_key       = global_secondary_index.value.sort_key.name
      projection_type = "ALL"
      read_capacity   = local.is_provisioned ? var.read_units : null
      write_capacity  = local.is_provisioned ? var.write_units : null
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

  # Encrypts with the account's AWS managed key (aws/dynamodb), whose use CloudTrail records. Without this, AWS uses a key that it owns.
  server_side_encryption {
    enabled = true
  }

  lifecycle {
    precondition {
      condition     = alltrue([for types in values(local.attributes) : length(distinct(types)) == 1])
      error_message = "Table '${var.name}': a key attribute has two types: ${join(", ", [for name, types in local.attributes : name if length(distinct(types)) > 1])}."
    }
  }
}
