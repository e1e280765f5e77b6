mock_provider "aws" {}

override_data {
  target = data.aws_iam_policy_document.tls_only
  values = { json = "{}" }
}

variables {
  name = "sluice-source-123456789012"
}

run "a_name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "Sluice"
  }

  expect_failures = [var.name]
}

run "days_are_whole_and_at_least_one" {
  command = plan

  variables {
    noncurrent_days        = 0
    unfinished_upload_days = 1.5
    expiry_days            = 0
  }

  expect_failures = [var.noncurrent_days, var.unfinished_upload_days, var.expiry_days]
}
