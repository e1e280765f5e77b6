locals {
  # SQS retains a message for at most 14 days. A load can take days on a small table, and a dead letter waits for a fix.
  retention_seconds = 14 * 24 * 3600

  # Lambda refuses a mapping whose queue has a visibility timeout below the function's timeout. AWS recommends six times the timeout, but
  # a loader extends the visibility timeout of its message, and after a crash the retry should not wait for 90 minutes.
  visibility_seconds = var.function_timeout_s + 60
}

resource "aws_sqs_queue" "dead" {
  name                       = "${var.name}-dead"
  message_retention_seconds  = local.retention_seconds
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = local.visibility_seconds
}

# The function's on-failure destination: events that failed at every attempt. Each is retried when it becomes visible, until it succeeds
# or expires.
resource "aws_sqs_queue" "failed_events" {
  name                       = "${var.name}-failed-events"
  message_retention_seconds  = local.retention_seconds
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = local.visibility_seconds
}

resource "aws_sqs_queue" "this" {
  name                      = var.name
  message_retention_seconds = local.retention_seconds
  sqs_managed_sse_enabled   = true

  visibility_timeout_seconds = local.visibility_seconds

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.max_receive_count
  })
}

data "aws_iam_policy_document" "tls_only" {
  for_each = local.queues

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  for_each = local.queues

  queue_url = each.value.url
  policy    = data.aws_iam_policy_document.tls_only[each.key].json
}

locals {
  queues = {
    work   = { arn = aws_sqs_queue.this.arn, url = aws_sqs_queue.this.url }
    dead   = { arn = aws_sqs_queue.dead.arn, url = aws_sqs_queue.dead.url }
    failed = { arn = aws_sqs_queue.failed_events.arn, url = aws_sqs_queue.failed_events.url }
  }
}

# One message per invocation: each load has the whole timeout, and a failed message does not delay another.
resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn        = aws_sqs_queue.this.arn
  function_name           = var.function_arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.maximum_concurrency
  }
}

# The same function marks the imports of dead letters and retries failed events. It distinguishes the queues by their ARNs.
resource "aws_lambda_event_source_mapping" "beside" {
  for_each = { for queue, made in local.queues : queue => made.arn if queue != "work" }

  event_source_arn        = each.value
  function_name           = var.function_arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 2
  }
}
