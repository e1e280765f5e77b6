locals {
  # SQS keeps a message for at most 14 days. A file may take days on a small table, and a dead letter waits for a person.
  retention_seconds = 14 * 24 * 3600
}

resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-dead"
  message_retention_seconds = local.retention_seconds
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "this" {
  name                      = var.name
  message_retention_seconds = local.retention_seconds
  sqs_managed_sse_enabled   = true

  # Lambda refuses a mapping whose queue hides a message for less than the function's timeout. More than a minute beyond it
  # gains nothing: a loader keeps its message hidden itself, and a crash before that should not cost six timeouts.
  visibility_timeout_seconds = var.function_timeout_s + 60

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
    work = { arn = aws_sqs_queue.this.arn, url = aws_sqs_queue.this.url }
    dead = { arn = aws_sqs_queue.dead.arn, url = aws_sqs_queue.dead.url }
  }
}

# One message an invocation: each has the whole deadline for itself, and one that fails makes no other wait.
resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn        = aws_sqs_queue.this.arn
  function_name           = var.function_arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.maximum_concurrency
  }
}
