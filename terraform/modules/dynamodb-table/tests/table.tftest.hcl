mock_provider "aws" {}

variables {
  name          = "sluice-people"
  partition_key = { name = "id", type = "S" }
}

run "a_table_is_provisioned_recoverable_and_encrypted" {
  command = plan

  assert {
    condition = alltrue([
      aws_dynamodb_table.this.name == "sluice-people",
      aws_dynamodb_table.this.hash_key == "id",
      aws_dynamodb_table.this.range_key == null,
      [for attribute in aws_dynamodb_table.this.attribute : "${attribute.name} ${attribute.type}"] == ["id S"],
    ])
    error_message = "The partition key is the only key."
  }

  assert {
    condition = alltrue([
      aws_dynamodb_table.this.billing_mode == "PROVISIONED",
      aws_dynamodb_table.this.read_capacity == 5,
      aws_dynamodb_table.this.write_capacity == 5,
    ])
    error_message = "It has 5 read and 5 write units."
  }

  assert {
    condition = alltrue([
      aws_dynamodb_table.this.point_in_time_recovery[0].enabled,
      aws_dynamodb_table.this.server_side_encryption[0].enabled,
      !aws_dynamodb_table.this.deletion_protection_enabled,
      length(aws_dynamodb_table.this.ttl) == 0,
    ])
    error_message = "Recovery and encryption with the account's key are on; deletion protection and time to live are off."
  }
}

run "variables_override_the_defaults" {
  command = plan

  variables {
    sort_key               = { name = "at", type = "N" }
    billing                = "on_demand"
    ttl_attribute          = "expiresAt"
    point_in_time_recovery = false
    deletion_protection    = true
    tags                   = { Dataset = "people" }
  }

  assert {
    condition = alltrue([
      aws_dynamodb_table.this.range_key == "at",
      toset([for attribute in aws_dynamodb_table.this.attribute : "${attribute.name} ${attribute.type}"]) == toset(["id S", "at N"]),
      aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST",
      aws_dynamodb_table.this.ttl[0].enabled,
      aws_dynamodb_table.this.ttl[0].attribute_name == "expiresAt",
      !aws_dynamodb_table.this.point_in_time_recovery[0].enabled,
      aws_dynamodb_table.this.deletion_protection_enabled,
      aws_dynamodb_table.this.tags == tomap({ Dataset = "people" }),
    ])
    error_message = "The variables set these values."
  }
}

run "indexes_share_keys_and_have_whole_items" {
  command = plan

  variables {
    billing = "on_demand"
    indexes = {
      by-dataset = { partition_key = { name = "dataset", type = "S" }, sort_key = { name = "queuedAtMs", type = "N" } }
      by-time    = { partition_key = { name = "feed", type = "S" }, sort_key = { name = "queuedAtMs", type = "N" } }
    }
  }

  assert {
    condition = toset([for attribute in aws_dynamodb_table.this.attribute : "${attribute.name} ${attribute.type}"]) == toset([
      "id S", "dataset S", "feed S", "queuedAtMs N",
    ])
    error_message = "Each key is declared once."
  }

  assert {
    condition = toset([for index in aws_dynamodb_table.this.global_secondary_index : "${index.name} ${index.hash_key} ${index.range_key} ${index.projection_type}"]) == toset([
      "by-dataset dataset queuedAtMs ALL",
      "by-time feed queuedAtMs ALL",
    ])
    error_message = "Each index has its keys and all attributes."
  }
}

run "an_index_may_project_less_have_one_key_or_be_local" {
  command = plan

  variables {
    sort_key = { name = "at", type = "N" }
    indexes = {
      by-mail  = { partition_key = { name = "mail", type = "S" }, projection = "keys_only" }
      by-token = { partition_key = { name = "token", type = "B" }, projection = "include", include = ["name"] }
      by-name  = { partition_key = { name = "id", type = "S" }, sort_key = { name = "name", type = "S" }, local = true }
    }
  }

  assert {
    condition = [for index in aws_dynamodb_table.this.global_secondary_index : "${index.name} ${index.hash_key} ${index.range_key == null} ${index.projection_type} ${join(",", coalesce(index.non_key_attributes, []))} ${index.write_capacity}"] == [
      "by-mail mail true KEYS_ONLY  5",
      "by-token token true INCLUDE name 5",
    ]
    error_message = "The global indexes: ${jsonencode(aws_dynamodb_table.this.global_secondary_index)}"
  }

  assert {
    condition     = [for index in aws_dynamodb_table.this.local_secondary_index : "${index.name} ${index.range_key} ${index.projection_type}"] == ["by-name name ALL"]
    error_message = "The local index: ${jsonencode(aws_dynamodb_table.this.local_secondary_index)}"
  }

  assert {
    condition = toset([for attribute in aws_dynamodb_table.this.attribute : "${attribute.name} ${attribute.type}"]) == toset([
      "id S", "at N", "mail S", "token B", "name S",
    ])
    error_message = "Each key is declared once."
  }
}

run "a_table_may_have_a_stream_a_class_and_a_key_of_its_own" {
  command = plan

  variables {
    streams     = "new_and_old_images"
    class       = "infrequent_access"
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1"
  }

  assert {
    condition = alltrue([
      aws_dynamodb_table.this.stream_enabled,
      aws_dynamodb_table.this.stream_view_type == "NEW_AND_OLD_IMAGES",
      aws_dynamodb_table.this.table_class == "STANDARD_INFREQUENT_ACCESS",
      aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn == "arn:aws:kms:eu-west-1:123456789012:key/1",
    ])
    error_message = "The variables set these values."
  }
}

run "an_on_demand_table_may_have_a_limit_and_so_have_its_indexes" {
  command = plan

  variables {
    billing         = "on_demand"
    max_write_units = 1000
    indexes         = { by-mail = { partition_key = { name = "mail", type = "S" } } }
  }

  assert {
    condition     = aws_dynamodb_table.this.on_demand_throughput[0].max_write_request_units == 1000
    error_message = "The table: ${jsonencode(aws_dynamodb_table.this.on_demand_throughput)}"
  }

  assert {
    condition     = [for index in aws_dynamodb_table.this.global_secondary_index : index.on_demand_throughput[0].max_write_request_units] == [1000]
    error_message = "The index: ${jsonencode(aws_dynamodb_table.this.global_secondary_index)}"
  }
}

run "autoscaling_covers_the_table_and_each_global_index" {
  command = plan

  variables {
    write_units = 10
    autoscaling = { max_read_units = 50, max_write_units = 100, target_percent = 80 }
    sort_key    = { name = "at", type = "N" }
    indexes = {
      by-mail = { partition_key = { name = "mail", type = "S" } }
      by-name = { partition_key = { name = "id", type = "S" }, sort_key = { name = "name", type = "S" }, local = true }
    }
  }

  assert {
    condition = { for name, target in aws_appautoscaling_target.this : name => "${target.resource_id} ${target.scalable_dimension} ${target.min_capacity}-${target.max_capacity}" } == {
      "/read"         = "table/sluice-people dynamodb:table:ReadCapacityUnits 5-50"
      "/write"        = "table/sluice-people dynamodb:table:WriteCapacityUnits 10-100"
      "by-mail/read"  = "table/sluice-people/index/by-mail dynamodb:index:ReadCapacityUnits 5-50"
      "by-mail/write" = "table/sluice-people/index/by-mail dynamodb:index:WriteCapacityUnits 10-100"
    }
    error_message = "The targets: ${jsonencode(aws_appautoscaling_target.this)}"
  }

  assert {
    condition     = alltrue([for policy in aws_appautoscaling_policy.this : policy.target_tracking_scaling_policy_configuration[0].target_value == 80])
    error_message = "Each policy aims at 80 percent."
  }
}

run "limits_of_the_other_billing_mode_are_refused" {
  command = plan

  variables {
    max_write_units = 1000
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "an_index_that_dynamodb_would_refuse_is_refused" {
  command = plan

  variables {
    indexes = {
      by-mail = { partition_key = { name = "mail", type = "S" }, projection = "include" }
      by-name = { partition_key = { name = "id", type = "S" }, local = true }
    }
    streams = "all"
    class   = "cheap"
  }

  expect_failures = [var.indexes, var.streams, var.class]
}

run "what_dynamodb_would_refuse_is_refused_at_once" {
  command = plan

  variables {
    partition_key = { name = "id", type = "BOOL" }
    billing       = "cheap"
    read_units    = 0
    write_units   = 1.5
    ttl_attribute = ""
  }

  expect_failures = [
    var.partition_key,
    var.billing,
    var.read_units,
    var.write_units,
    var.ttl_attribute,
  ]
}

run "a_sort_key_that_is_empty_or_the_partition_key_is_refused" {
  command = plan

  variables {
    sort_key = { name = "id", type = "BOOL" }
  }

  expect_failures = [var.sort_key]
}

run "a_name_with_a_blank_is_refused" {
  command = plan

  variables {
    name = "a table"
  }

  expect_failures = [var.name]
}

run "a_table_without_a_partition_key_is_refused" {
  command = plan

  variables {
    partition_key = { name = "", type = "S" }
  }

  expect_failures = [var.partition_key]
}

run "a_key_attribute_of_two_types_is_refused" {
  command = plan

  variables {
    indexes = {
      by-id = { partition_key = { name = "id", type = "N" }, sort_key = { name = "at", type = "N" } }
    }
  }

  expect_failures = [aws_dynamodb_table.this]
}

run "an_index_with_a_boolean_key_is_refused" {
  command = plan

  variables {
    indexes = {
      by-flag = { partition_key = { name = "flag", type = "BOOL" }, sort_key = { name = "at", type = "N" } }
    }
  }

  expect_failures = [var.indexes]
}
