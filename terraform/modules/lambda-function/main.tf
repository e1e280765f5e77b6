# Made here and not by the function itself, which would keep its logs for ever and need the right to make groups.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_function" "this" {
  function_name                  = var.name
  description                    = var.description
  role                           = var.role_arn
  runtime                        = "nodejs22.x"
  architectures                  = ["arm64"]
  handler                        = "index.handler"
  s3_bucket                      = var.code.bucket
  s3_key                         = var.code.key
  s3_object_version              = var.code.version_id
  source_code_hash               = var.code.sha256
  timeout                        = var.timeout_s
  memory_size                    = var.memory_mb
  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = var.environment
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = upper(var.log_level)
    system_log_level      = "INFO"
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }
}

# The asynchronous events are those of the bucket: what can't be accepted after all tries is kept, with the reason.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = var.async_retries
  maximum_event_age_in_seconds = var.async_event_age_s

  destination_config {
    on_failure {
      destination = var.failure_destination_arn
    }
  }
}

# A load that is not done by its deadline queues the rest for itself, as often as the file needs. Lambda takes that for a
# runaway loop and ends it after about 16 turns, unless told that it is wanted. What ends it for us are the message's
# epoch, which only one loader can raise, and the queue's dead letters.
resource "aws_lambda_function_recursion_config" "this" {
  function_name  = aws_lambda_function.this.function_name
  recursive_loop = "Allow"
}
