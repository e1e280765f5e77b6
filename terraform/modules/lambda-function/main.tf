# Created here: a group that Lambda creates never expires, and the role would need the permission to create groups.
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

# The bucket's events are asynchronous. One that fails at every attempt goes to the on-failure destination with the reason.
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

# A load that reaches its deadline queues a message for the rest, as often as the file needs. Lambda's recursive loop detection stops such a
# loop after about 16 invocations unless it is allowed. The loop is bounded by the message's epoch, which only one loader can
# raise, and by the dead-letter queue.
resource "aws_lambda_function_recursion_config" "this" {
  function_name  = aws_lambda_function.this.function_name
  recursive_loop = "Allow"
}
