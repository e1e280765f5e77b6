mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  datasets_dir = "tests/datasets/valid"
  # scripts/terraform-checks.sh resolves it from the folder, as `npm run build` does.
  datasets_file = "tests/datasets/resolved.json"
  zip_path      = "modules/s3-object/tests/lambda.zip"
}

run "each_dataset_has_a_table_whose_name_has_the_deployments_prefix" {
  command = plan

  assert {
    condition     = { for name, table in module.table : name => table.name } == { people = "sluice-people", readings = "sluice-sensor-readings" }
    error_message = "The tables follow from the documents; those that exist or are shared are not created."
  }

  assert {
    condition     = module.ledger.name == "sluice-ledger" && module.function.name == "sluice-load"
    error_message = "The other resources have the same prefix."
  }
}

run "a_dataset_is_what_the_build_resolved" {
  command = plan

  assert {
    condition     = module.table["people"].name == "sluice-people" && local.datasets.people.key.partition == { name = "id", type = "S" } && local.datasets.people.key.sort == null
    error_message = "The key is that of the resolved document: ${jsonencode(local.datasets.people)}"
  }

  assert {
    condition = local.datasets.readings.key == {
      partition = { name = "sensor", type = "S" }
      sort      = { name = "at", type = "N" }
    }
    error_message = "The type of a key is the column's: ${jsonencode(local.datasets.readings)}"
  }
}

run "the_function_may_do_with_a_table_what_its_datasets_need" {
  command = plan

  variables {
    region = "eu-west-1"
  }

  assert {
    condition = { for name, writes in local.writes : name => join(" ", sort(writes)) } == {
      orders   = "delete+ merge+ put+"
      people   = "put"
      readings = "put"
      staff    = "insert"
    }
    error_message = "How items are written: ${jsonencode(local.writes)}"
  }

  assert {
    condition     = local.table_actions.DescribeTable == toset(["arn:aws:dynamodb:eu-west-1:210987654321:table/orders"])
    error_message = "Only a table that the deployment does not create is described: ${jsonencode(local.table_arns.orders)}"
  }
}

run "a_late_feed_raises_an_alarm" {
  command = plan

  variables {
    region        = "eu-west-1"
    alarm_actions = ["arn:aws:sns:eu-west-1:123456789012:people"]
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.late_feed : name => "${alarm.alarm_name} ${alarm.dimensions.service}/${alarm.dimensions.dataset} ${alarm.period} ${join(",", alarm.alarm_actions)}" } == {
      orders = "sluice-orders-late sluice/orders 300 arn:aws:sns:eu-west-1:123456789012:people"
    }
    error_message = "Only a dataset that expects files has an alarm: ${jsonencode(aws_cloudwatch_metric_alarm.late_feed)}"
  }
}

run "overlapping_prefixes_are_one_filter" {
  command = plan

  assert {
    condition     = toset([for dataset in values(local.datasets) : dataset.source.prefix]) == toset(["orders/", "people/", "people/staff/", "readings/"])
    error_message = "The prefixes are those of the documents."
  }
}

run "the_function_gets_the_resolved_datasets_in_one_object_whose_version_it_names" {
  command = plan

  assert {
    condition     = module.datasets_document.key == "datasets/resolved.json"
    error_message = "The key does not change, so that versions accumulate under it: ${module.datasets_document.key}"
  }

  assert {
    condition     = local.datasets.people.source.suffix == [".csv"]
    error_message = "The defaults are filled in: ${jsonencode(local.datasets.people)}"
  }
}

run "documents_that_changed_since_the_build_are_refused_by_name" {
  command = plan

  variables {
    datasets_dir = "tests/datasets/stale"
  }

  expect_failures = [output.datasets]

  assert {
    condition     = local.stale == tolist(["new.yml", "people.yaml"])
    error_message = "Changed documents: ${jsonencode(local.stale)}"
  }
}

run "a_deployment_that_was_not_built_is_refused" {
  command = plan

  variables {
    datasets_file = "tests/datasets/none.json"
  }

  expect_failures = [var.datasets_file]
}

run "a_deployment_without_datasets_is_refused" {
  command = plan

  variables {
    datasets_dir = "tests"
  }

  expect_failures = [var.datasets_dir]
}

run "a_ledger_that_forgets_an_import_before_its_messages_is_refused" {
  command = plan

  variables {
    ledger_retention_days = 14
  }

  expect_failures = [var.ledger_retention_days]
}

run "a_name_that_would_make_a_bucket_name_too_long_is_refused" {
  command = plan

  variables {
    name = "a-name-of-more-than-forty-letters-and-hyphens"
  }

  expect_failures = [var.name]
}
