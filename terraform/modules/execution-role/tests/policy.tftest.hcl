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
  name                = "sluice-load"
  description         = "Permissions of the function sluice-load"
  source_bucket_arn   = "arn:aws:s3:::sluice-source-123456789012"
  datasets_folder_arn = "arn:aws:s3:::sluice-code-123456789012/datasets/"
  results_bucket = {
    arn      = "arn:aws:s3:::sluice-results-123456789012"
    prefixes = ["rejects/", "reports/"]
  }
  table_actions = {
    BatchWriteItem = [
      "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-people",
      "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-readings",
    ]
    PutItem       = ["arn:aws:dynamodb:eu-west-1:210987654321:table/orders"]
    UpdateItem    = []
    DescribeTable = ["arn:aws:dynamodb:eu-west-1:210987654321:table/orders"]
  }
  ledger = {
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-ledger"
    index_arns = [
      "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-ledger/index/by-dataset",
      "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-ledger/index/by-time",
    ]
  }
  queue_arn               = "arn:aws:sqs:eu-west-1:123456789012:sluice-work"
  dead_letter_queue_arn   = "arn:aws:sqs:eu-west-1:123456789012:sluice-work-dead"
  failed_events_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:sluice-work-failed-events"
  log_group_arn           = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/sluice-load"
}

run "only_lambda_may_assume_the_role" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Sid       = "AssumedByLambda"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
    error_message = "The trust policy is: ${aws_iam_role.this.assume_role_policy}"
  }
}

run "the_role_may_do_this_and_nothing_else" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [
      {
        Sid      = "ReadSourceObjects"
        Effect   = "Allow"
        Action   = ["s3:GetObjectVersion", "s3:GetObject"]
        Resource = "arn:aws:s3:::sluice-source-123456789012/*"
      },
      {
        Sid      = "TellMissingFromDenied"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::sluice-source-123456789012"
      },
      {
        Sid      = "ReadDatasets"
        Effect   = "Allow"
        Action   = ["s3:GetObjectVersion", "s3:GetObject"]
        Resource = "arn:aws:s3:::sluice-code-123456789012/datasets/*"
      },
      {
        Sid    = "WriteResults"
        Effect = "Allow"
        Action = "s3:PutObject"
        Resource = [
          "arn:aws:s3:::sluice-results-123456789012/reports/*",
          "arn:aws:s3:::sluice-results-123456789012/rejects/*",
        ]
      },
      {
        Sid    = "TablesBatchWriteItem"
        Effect = "Allow"
        Action = "dynamodb:BatchWriteItem"
        Resource = [
          "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-readings",
          "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-people",
        ]
      },
      {
        Sid      = "TablesDescribeTable"
        Effect   = "Allow"
        Action   = "dynamodb:DescribeTable"
        Resource = "arn:aws:dynamodb:eu-west-1:210987654321:table/orders"
      },
      {
        Sid      = "TablesPutItem"
        Effect   = "Allow"
        Action   = "dynamodb:PutItem"
        Resource = "arn:aws:dynamodb:eu-west-1:210987654321:table/orders"
      },
      {
        Sid      = "KeepLedger"
        Effect   = "Allow"
        Action   = ["dynamodb:UpdateItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:GetItem"]
        Resource = "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-ledger"
      },
      {
        Sid    = "ListImports"
        Effect = "Allow"
        Action = "dynamodb:Query"
        Resource = [
          "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-ledger/index/by-time",
          "arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-ledger/index/by-dataset",
        ]
      },
      {
        Sid    = "WorkThroughQueue"
        Effect = "Allow"
        Action = [
          "sqs:SendMessage",
          "sqs:ReceiveMessage",
          "sqs:GetQueueAttributes",
          "sqs:DeleteMessage",
          "sqs:ChangeMessageVisibility",
        ]
        Resource = "arn:aws:sqs:eu-west-1:123456789012:sluice-work"
      },
      {
        Sid    = "TakeDeadLettersAndFailedEvents"
        Effect = "Allow"
        Action = ["sqs:ReceiveMessage", "sqs:GetQueueAttributes", "sqs:DeleteMessage"]
        Resource = [
          "arn:aws:sqs:eu-west-1:123456789012:sluice-work-failed-events",
          "arn:aws:sqs:eu-west-1:123456789012:sluice-work-dead",
        ]
      },
      {
        Sid      = "KeepFailedEvents"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = "arn:aws:sqs:eu-west-1:123456789012:sluice-work-failed-events"
      },
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = ["logs:PutLogEvents", "logs:CreateLogStream"]
        Resource = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/sluice-load:*"
      },
    ]
    error_message = "The policy is: ${aws_iam_role_policy.this.policy}"
  }
}

run "with_tracing_it_may_send_traces_too" {
  command = plan

  variables {
    tracing = true
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[13] == {
      Sid      = "SendTraces"
      Effect   = "Allow"
      Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      Resource = "*"
    }
    error_message = "The policy is: ${aws_iam_role_policy.this.policy}"
  }

  assert {
    condition     = length(jsondecode(aws_iam_role_policy.this.policy).Statement) == 14
    error_message = "Tracing adds one statement."
  }
}

run "a_key_of_the_account_may_be_used_through_dynamodb" {
  command = plan

  variables {
    kms_key_arns = ["arn:aws:kms:eu-west-1:123456789012:key/1"]
  }

  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement if statement.Sid == "UseKeysOfTables"] == [{
      Sid       = "UseKeysOfTables"
      Effect    = "Allow"
      Action    = ["kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Encrypt", "kms:DescribeKey", "kms:Decrypt"]
      Resource  = "arn:aws:kms:eu-west-1:123456789012:key/1"
      Condition = { StringLike = { "kms:ViaService" = "dynamodb.*.amazonaws.com" } }
    }]
    error_message = "The policy is: ${aws_iam_role_policy.this.policy}"
  }
}

run "an_action_that_the_function_does_not_need_is_refused" {
  command = plan

  variables {
    table_actions = { DeleteTable = ["arn:aws:dynamodb:eu-west-1:123456789012:table/sluice-people"] }
  }

  expect_failures = [var.table_actions]
}

run "a_folder_without_a_slash_and_a_prefix_that_is_a_pattern_are_refused" {
  command = plan

  variables {
    datasets_folder_arn = "arn:aws:s3:::sluice-code-123456789012/datasets"
    results_bucket = {
      arn      = "arn:aws:s3:::sluice-results-123456789012"
      prefixes = ["re*/"]
    }
  }

  expect_failures = [var.datasets_folder_arn, var.results_bucket]
}

run "a_name_that_iam_refuses_is_refused" {
  command = plan

  variables {
    name = "sluice load"
  }

  expect_failures = [var.name]
}
