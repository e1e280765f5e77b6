mock_provider "aws" {}

variables {
  bucket        = "sluice-source-123456789012"
  bucket_arn    = "arn:aws:s3:::sluice-source-123456789012"
  account_id    = "123456789012"
  function_name = "sluice-load"
  function_arn  = "arn:aws:lambda:eu-west-1:123456789012:function:sluice-load"
  prefixes      = ["people/", "readings/"]
}

run "each_prefix_is_a_filter" {
  command = plan

  assert {
    condition     = [for filter in aws_s3_bucket_notification.this.lambda_function : "${filter.id} ${filter.filter_prefix}"] == ["people/ people/", "readings/ readings/"]
    error_message = "The filters: ${jsonencode(aws_s3_bucket_notification.this.lambda_function)}"
  }

  assert {
    condition     = alltrue([for filter in aws_s3_bucket_notification.this.lambda_function : filter.filter_suffix == null || filter.filter_suffix == ""])
    error_message = "The function decides by the suffix."
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

run "of_prefixes_that_begin_alike_the_shortest_is_the_filter" {
  command = plan

  variables {
    prefixes = ["people/", "people/staff/", "people/staff/old/", "readings/", "peop"]
  }

  assert {
    condition     = [for filter in aws_s3_bucket_notification.this.lambda_function : filter.filter_prefix] == ["peop", "readings/"]
    error_message = "The filters: ${jsonencode(aws_s3_bucket_notification.this.lambda_function)}"
  }
}

run "an_account_has_12_digits" {
  command = plan

  variables {
    account_id = "123"
  }

  expect_failures = [var.account_id]
}

run "an_empty_prefix_is_refused" {
  command = plan

  variables {
    prefixes = ["people/", ""]
  }

  expect_failures = [var.prefixes]
}
