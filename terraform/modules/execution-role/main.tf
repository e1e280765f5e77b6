# No condition on aws:SourceAccount: a role can be passed only to a function of its own account (iam:PassRole), so
# another account cannot misuse it, and Lambda's guide does not promise the key when Lambda assumes an execution role.
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
  # Not limited to the datasets' prefixes: these change, and Terraform changes the role before the function. The old function must be able
  # to read its files in between. The bucket holds nothing but files to load.
  statement {
    sid       = "ReadSourceObjects"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${var.source_bucket_arn}/*"]
  }

  # Without it S3 answers 403 for a deleted object, which looks like a missing permission.
  statement {
    sid       = "TellMissingFromDenied"
    actions   = ["s3:ListBucket"]
    resources = [var.source_bucket_arn]
  }

  # Every version: the function reads the version that its environment names.
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

  # One statement for each action: a table grants only what its datasets need.
  dynamic "statement" {
    for_each = { for action, tables in var.table_actions : action => tables if length(tables) > 0 }

    content {
      sid       = "Tables${statement.key}"
      actions   = ["dynamodb:${statement.key}"]
      resources = statement.value
    }
  }

  # Of tables that a KMS key of the account encrypts. DynamoDB calls KMS in the name of the function.
  dynamic "statement" {
    for_each = length(var.kms_key_arns) > 0 ? ["UseKeysOfTables"] : []

    content {
      sid       = statement.value
      actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      resources = var.kms_key_arns

      condition {
        test     = "StringLike"
        variable = "kms:ViaService"
        values   = ["dynamodb.*.amazonaws.com"]
      }
    }
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

  # Lambda receives and deletes the messages with this role.
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

  # X-Ray has no resource types to limit these actions to ('Actions, resources, and condition keys for AWS X-Ray').
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
