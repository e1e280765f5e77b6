mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  datasets_dir = "tests/datasets/valid"
  zip_path     = "modules/s3-object/tests/lambda.zip"
}

run "each_dataset_has_a_table_with_the_deployments_name_before_it" {
  command = plan

  assert {
    condition     = { for name, table in module.table : name => table.name } == { people = "sluice-people", readings = "sluice-sensor-readings" }
    error_message = "The tables follow from the documents."
  }

  assert {
    condition     = module.ledger.name == "sluice-ledger" && module.function.name == "sluice-load"
    error_message = "So does everything else have its name."
  }
}

run "what_is_left_out_has_the_functions_own_defaults" {
  command = plan

  assert {
    condition = local.datasets.people == {
      prefix                 = "people/"
      suffix                 = ".csv"
      table                  = "people"
      partition_key          = "id"
      partition_key_type     = "string"
      sort_key               = null
      sort_key_type          = "string"
      billing                = "provisioned"
      read_units             = 5
      write_units            = 5
      ttl_attribute          = null
      point_in_time_recovery = true
      deletion_protection    = false
    }
    error_message = "The defaults are those of src/core/dataset.ts: ${jsonencode(local.datasets.people)}"
  }
}

run "what_is_said_is_taken" {
  command = plan

  assert {
    condition = jsonencode(local.datasets.readings) == jsonencode({
      prefix                 = "readings/"
      suffix                 = ".txt"
      table                  = "sensor-readings"
      partition_key          = "sensor"
      partition_key_type     = "string"
      sort_key               = "at"
      sort_key_type          = "number"
      billing                = "on_demand"
      read_units             = 5
      write_units            = 5
      ttl_attribute          = "until"
      point_in_time_recovery = false
      deletion_protection    = true
    })
    error_message = "The document was read as: ${jsonencode(local.datasets.readings)}"
  }
}

run "the_function_gets_the_documents_as_they_are_under_a_key_of_their_own" {
  command = plan

  assert {
    condition     = jsondecode(local.document).readings.source == { prefix = "readings/", suffix = ".txt" } && !can(jsondecode(local.document).people.source.suffix)
    error_message = "No default is filled in: ${local.document}"
  }

  assert {
    condition     = module.datasets_document.key == "datasets-${substr(sha256(local.document), 0, 16)}.json"
    error_message = "The key changes with the documents: ${module.datasets_document.key}"
  }
}

run "every_document_that_is_wrong_is_named_with_all_that_is_wrong_in_it" {
  command = plan

  variables {
    datasets_dir = "tests/datasets/invalid"
  }

  expect_failures = [output.datasets]

  assert {
    condition = jsonencode(local.problems) == jsonencode({
      Capital = ["the file's name must be 1 to 63 of a-z, 0-9 and -, and begin with a letter or digit"]
      billing = [
        "table.billing must be provisioned or on_demand, not \"cheap\"",
        "table.read_units must be a whole number from 1 to 40,000, not 0",
        "table.write_units must be a whole number from 1 to 40,000, not \"5\"",
      ]
      empty = [
        "source.prefix is missing: objects whose key begins with it belong to the dataset",
        "table.partition_key is missing: it names the column that tells items apart",
      ]
      flags = [
        "table.point_in_time_recovery must be true or false",
        "table.deletion_protection must be true or false",
      ]
      keys = [
        "table.partition_key and table.sort_key must differ",
        "a key's column must be of type string or number",
      ]
      ledger   = ["table.name must not be 'ledger': that is the table of the imports"]
      misspelt = ["source has fields that nobody knows: sufix", "table has fields that nobody knows: write_unit"]
      patterns = [
        "source.prefix must be of a-z, A-Z, 0-9 and !-_.'()/ only",
        "source.suffix must be of a-z, A-Z, 0-9 and !-_.'()/ only",
      ]
      twin-a = ["table.name 'twin' is another dataset's too: each has a table of its own"]
      twin-b = ["table.name 'twin' is another dataset's too: each has a table of its own"]
    })
    error_message = "The problems are: ${jsonencode(local.problems)}"
  }
}

run "a_deployment_without_datasets_is_refused" {
  command = plan

  variables {
    datasets_dir = "tests"
  }

  expect_failures = [var.datasets_dir]
}

run "a_name_that_would_make_a_bucket_name_too_long_is_refused" {
  command = plan

  variables {
    name = "a-name-of-more-than-forty-letters-and-hyphens"
  }

  expect_failures = [var.name]
}
