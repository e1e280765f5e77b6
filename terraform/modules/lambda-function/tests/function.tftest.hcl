mock_provider "aws" {}

variables {
  name        = "sluice-load"
  description = "Loads CSV files"
  role_arn    = "arn:aws:iam::123456789012:role/sluice-load"
  code = {
    bucket     = "sluice-code-123456789012"
    key        = "lambda.zip"
    version_id = "v1"
    sha256     = "q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0="
  }
  environment             = { SLUICE_NAME = "sluice" }
  failure_destination_arn = "arn:aws:sqs:eu-west-1:123456789012:sluice-work-failed-events"
}

run "the_function_is_the_zip_on_node_22_and_arm" {
  command = plan

  assert {
    condition = alltrue([
      aws_lambda_function.this.runtime == "nodejs22.x",
      aws_lambda_function.this.architectures == tolist(["arm64"]),
      aws_lambda_function.this.handler == "index.handler",
      aws_lambda_function.this.s3_bucket == "sluice-code-123456789012",
      aws_lambda_function.this.s3_key == "lambda.zip",
      aws_lambda_function.this.s3_object_version == "v1",
      aws_lambda_function.this.source_code_hash == "q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0=",
    ])
    error_message = "The code is the given version of the zip."
  }

  assert {
    condition = alltrue([
      aws_lambda_function.this.timeout == 900,
      aws_lambda_function.this.memory_size == 512,
      aws_lambda_function.this.reserved_concurrent_executions == -1,
      aws_lambda_function.this.tracing_config[0].mode == "PassThrough",
      aws_lambda_function.this.environment[0].variables == tomap({ SLUICE_NAME = "sluice" }),
    ])
    error_message = "The defaults are 900 s, 512 MB, no reserved concurrency and no tracing."
  }
}

run "its_log_is_json_and_expires" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/sluice-load" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log group belongs to the function and has a retention of 30 days."
  }

  assert {
    condition = alltrue([
      aws_lambda_function.this.logging_config[0].log_format == "JSON",
      aws_lambda_function.this.logging_config[0].log_group == "/aws/lambda/sluice-load",
      aws_lambda_function.this.logging_config[0].application_log_level == "INFO",
    ])
    error_message = "Lambda writes JSON lines, from info on."
  }
}

run "failed_events_go_to_a_queue_and_recursion_is_allowed" {
  command = plan

  assert {
    condition = alltrue([
      aws_lambda_function_event_invoke_config.this.maximum_retry_attempts == 2,
      aws_lambda_function_event_invoke_config.this.maximum_event_age_in_seconds == 21600,
      aws_lambda_function_event_invoke_config.this.destination_config[0].on_failure[0].destination == "arn:aws:sqs:eu-west-1:123456789012:sluice-work-failed-events",
    ])
    error_message = "After two retries, or six hours, an event goes to the queue of failed events."
  }

  assert {
    condition     = aws_lambda_function_recursion_config.this.recursive_loop == "Allow"
    error_message = "Recursive invocation is allowed."
  }
}

run "tracing_and_the_log_level_are_by_variable" {
  command = plan

  variables {
    tracing              = true
    log_level            = "debug"
    reserved_concurrency = 20
  }

  assert {
    condition = alltrue([
      aws_lambda_function.this.tracing_config[0].mode == "Active",
      aws_lambda_function.this.logging_config[0].application_log_level == "DEBUG",
      aws_lambda_function.this.reserved_concurrent_executions == 20,
    ])
    error_message = "The variables set these values."
  }
}

run "what_lambda_would_refuse_is_refused_at_once" {
  command = plan

  variables {
    name                 = "sluice load"
    timeout_s            = 901
    memory_mb            = 64
    reserved_concurrency = -2
    log_level            = "loud"
    log_retention_days   = 2
    async_retries        = 3
    async_event_age_s    = 59
  }

  expect_failures = [
    var.name,
    var.timeout_s,
    var.memory_mb,
    var.reserved_concurrency,
    var.log_level,
    var.log_retention_days,
    var.async_retries,
    var.async_event_age_s,
  ]
}
