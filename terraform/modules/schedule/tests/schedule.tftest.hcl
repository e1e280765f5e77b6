# The provider itself, which writes policies without a call: a mock would write none.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name         = "sluice-sweep"
  description  = "Finds imports that no loader works on"
  account_id   = "123456789012"
  function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:sluice-load"
  input        = "{\"sluice\":\"sweep\"}"
}

run "the_function_is_invoked_every_five_minutes_by_the_event" {
  command = plan

  assert {
    condition = alltrue([
      aws_scheduler_schedule.this.schedule_expression == "rate(5 minutes)",
      aws_scheduler_schedule.this.flexible_time_window[0].mode == "OFF",
      aws_scheduler_schedule.this.target[0].arn == "arn:aws:lambda:eu-west-1:123456789012:function:sluice-load",
      jsondecode(aws_scheduler_schedule.this.target[0].input) == { sluice = "sweep" },
      aws_scheduler_schedule.this.target[0].retry_policy[0].maximum_retry_attempts == 0,
    ])
    error_message = "The schedule says when, what and how often."
  }
}

run "its_role_may_invoke_the_function_and_is_the_scheduler_s" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [{
      Sid      = "InvokeFunction"
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = "arn:aws:lambda:eu-west-1:123456789012:function:sluice-load"
    }]
    error_message = "The policy is: ${aws_iam_role_policy.this.policy}"
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Sid       = "AssumedByScheduler"
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }]
    error_message = "The trust policy is: ${aws_iam_role.this.assume_role_policy}"
  }
}

run "one_minute_is_singular_in_the_rate_expression" {
  command = plan

  variables {
    every_minutes = 1
  }

  assert {
    condition     = aws_scheduler_schedule.this.schedule_expression == "rate(1 minute)"
    error_message = "The expression is: ${aws_scheduler_schedule.this.schedule_expression}"
  }
}

run "what_the_scheduler_would_refuse_is_refused_at_once" {
  command = plan

  variables {
    name          = "sluice sweep"
    input         = "sweep"
    every_minutes = 0
  }

  expect_failures = [var.name, var.input, var.every_minutes]
}
