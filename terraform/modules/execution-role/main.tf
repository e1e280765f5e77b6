# No condition on aws:SourceAccount: a role can be passed only to a function of its own account (iam:PassRole), so there
# is no confused deputy to keep out, and Lambda's guide does not promise the key when it assumes an execution role.
data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "AssumedByLambda"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "permissions" {
  # Not by the datasets' prefixes: these change, and the function before a change must be able to do what it is there for while
  # Terraform is between role and function. The bucket holds nothing but files to load.
  statement {
    sid       = "ReadSourceObjects"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${var.source_bucket_arn}/*"]
  }

  # Without it S3 answers 403 for an object that was deleted, which would look like a right that is missing.
  statement {
    sid       = "TellMissingFromDenied"
    actions   = ["s3:ListBucket"]
    resources = [var.source_bucket_arn]
  }

  # Every version: the function reads the one that its environment names.
  statement {
    sid       = "ReadDatasets"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${var.datasets_folder_arn}*"]
  }

  statement {
    sid       = "WriteResults"
    actions   = ["s3:PutObject"]
    resources = [for prefix in var.results_bucket.prefixes : "${var.results_bucket.arn}/${prefix}*"]
  }

  statement {
    sid       = "WriteTables"
    actions   = ["dynamodb:BatchWriteItem"]
    resources = var.table_arns
  }

  statement {
    sid       = "KeepLedger"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    resources = [var.ledger.arn]
  }

  statement {
    sid       = "ListImports"
    actions   = ["dynamodb:Query"]
    resources = var.ledger.index_arns
  }

  # Received and deleted are messages by Lambda itself, in the role's name.
  statement {
    sid = "WorkThroughQueue"
    actions = [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      "sqs:SendMessage",
    ]
    resources = [var.queue_arn]
  }

  statement {
    sid       = "TakeDeadLettersAndFailedEvents"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [var.dead_letter_queue_arn, var.failed_events_queue_arn]
  }

  statement {
    sid       = "KeepFailedEvents"
    actions   = ["sqs:SendMessage"]
    resources = [var.failed_events_queue_arn]
  }

  statement {
    sid       = "WriteLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.log_group_arn}:*"]
  }

  # X-Ray has no resource to scope these by ('Actions, resources, and condition keys for AWS X-Ray').
  dynamic "statement" {
    for_each = var.tracing ? ["SendTraces"] : []

    content {
      sid       = statement.value
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  description        = var.description
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  name   = "function"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.permissions.json
}
