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
