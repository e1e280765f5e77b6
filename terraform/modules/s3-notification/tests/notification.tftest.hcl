mock_provider "aws" {}

variables {
  bucket        = "sluice-source-123456789012"
  bucket_arn    = "arn:aws:s3:::sluice-source-123456789012"
  account_id    = "123456789012"
  function_name = "sluice-load"
  function_arn  = "arn:aws:lambda:eu-west-1:123456789012:function:sluice-load"
  filters = {
    people   = { prefix = "people/", suffix = ".csv" }
    readings = { prefix = "readings/", suffix = ".csv" }
  }
}

run "each_dataset_has_a_filter_of_its_own" {
  command = plan

  assert {
    condition = [for filter in aws_s3_bucket_notification.this.lambda_function : "${filter.id} ${filter.filter_prefix}*${filter.filter_suffix}"] == [
      "people people/*.csv",
      "readings readings/*.csv",
    ]
    error_message = "Each dataset's prefix and suffix is a filter."
  }

  assert {
    condition = alltrue([
      for filter in aws_s3_bucket_notification.this.lambda_function :
      filter.events == toset(["s3:ObjectCreated:*"]) && filter.lambda_function_arn == "arn:aws:lambda:eu-west-1:123456789012:function:sluice-load"
    ])
    error_message = "Every event type of created objects invokes the function."
  }
}

run "only_this_bucket_of_this_account_may_invoke_the_function" {
  command = plan

  assert {
    condition = alltrue([
      aws_lambda_permission.this.action == "lambda:InvokeFunction",
      aws_lambda_permission.this.principal == "s3.amazonaws.com",
      aws_lambda_permission.this.source_arn == "arn:aws:s3:::sluice-source-123456789012",
      aws_lambda_permission.this.source_account == "123456789012",
    ])
    error_message = "The permission names the bucket and the account."
  }
}

run "a_prefix_that_begins_with_another_is_refused" {
  command = plan

  variables {
    filters = {
      people = { prefix = "people/", suffix = ".csv" }
      staff  = { prefix = "people/staff/", suffix = ".csv" }
    }
  }

  expect_failures = [aws_s3_bucket_notification.this]
}

run "equal_prefixes_with_overlapping_suffixes_are_refused" {
  command = plan

  variables {
    filters = {
      people = { prefix = "people/", suffix = ".csv" }
      staff  = { prefix = "people/", suffix = "" }
    }
  }

  expect_failures = [aws_s3_bucket_notification.this]
}

run "one_prefix_may_have_two_suffixes" {
  command = plan

  variables {
    filters = {
      people = { prefix = "people/", suffix = ".csv" }
      staff  = { prefix = "people/", suffix = ".txt" }
    }
  }

  assert {
    condition     = length(aws_s3_bucket_notification.this.lambda_function) == 2
    error_message = "No object can match both."
  }
}

run "an_account_has_12_digits" {
  command = plan

  variables {
    account_id = "123"
  }

  expect_failures = [var.account_id]
}

run "a_filter_without_a_prefix_is_refused" {
  command = plan

  variables {
    filters = { people = { prefix = "", suffix = ".csv" } }
  }

  expect_failures = [var.filters]
}
