mock_provider "aws" {
  override_during = plan
}

override_data {
  target = data.aws_iam_policy_document.tls_only
  values = { json = "{}" }
}

override_resource {
  target          = aws_sqs_queue.dead
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:sluice-work-dead" }
}

variables {
  name               = "sluice-work"
  function_arn       = "arn:aws:lambda:eu-west-1:123456789012:function:sluice-load"
  function_timeout_s = 900
}

run "messages_are_kept_for_14_days_and_hidden_for_the_timeout_and_a_minute" {
  command = plan

  assert {
    condition = alltrue([
      aws_sqs_queue.this.name == "sluice-work",
      aws_sqs_queue.this.visibility_timeout_seconds == 960,
      aws_sqs_queue.this.message_retention_seconds == 1209600,
      aws_sqs_queue.this.sqs_managed_sse_enabled,
    ])
    error_message = "The work queue retains, hides and encrypts its messages."
  }

  assert {
    condition = alltrue([
      aws_sqs_queue.dead.name == "sluice-work-dead",
      aws_sqs_queue.dead.message_retention_seconds == 1209600,
      aws_sqs_queue.dead.sqs_managed_sse_enabled,
      aws_sqs_queue.dead.visibility_timeout_seconds == 960,
    ])
    error_message = "The dead-letter queue has the same settings."
  }

  assert {
    condition = alltrue([
      aws_sqs_queue.failed_events.name == "sluice-work-failed-events",
      aws_sqs_queue.failed_events.message_retention_seconds == 1209600,
      aws_sqs_queue.failed_events.sqs_managed_sse_enabled,
      aws_sqs_queue.failed_events.visibility_timeout_seconds == 960,
    ])
    error_message = "The queue of failed events has the same settings."
  }
}

run "a_message_moves_to_the_dead_letter_queue_after_ten_receives" {
  command = plan

  assert {
    condition = jsondecode(aws_sqs_queue.this.redrive_policy) == {
      deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:sluice-work-dead"
      maxReceiveCount     = 10
    }
    error_message = "The redrive policy is: ${aws_sqs_queue.this.redrive_policy}"
  }
}

run "the_function_gets_one_message_at_a_time_and_answers_for_each" {
  command = plan

  assert {
    condition = alltrue([
      aws_lambda_event_source_mapping.this.function_name == "arn:aws:lambda:eu-west-1:123456789012:function:sluice-load",
      aws_lambda_event_source_mapping.this.batch_size == 1,
      aws_lambda_event_source_mapping.this.function_response_types == toset(["ReportBatchItemFailures"]),
      aws_lambda_event_source_mapping.this.scaling_config[0].maximum_concurrency == 10,
    ])
    error_message = "The mapping hands out messages one by one, ten at a time."
  }
}

run "it_gets_dead_letters_and_failed_events_too" {
  command = plan

  assert {
    condition = alltrue([
      for mapping in values(aws_lambda_event_source_mapping.beside) : alltrue([
        mapping.function_name == "arn:aws:lambda:eu-west-1:123456789012:function:sluice-load",
        mapping.batch_size == 1,
        mapping.function_response_types == toset(["ReportBatchItemFailures"]),
        mapping.scaling_config[0].maximum_concurrency == 2,
      ])
    ])
    error_message = "The mappings hand out messages one by one, two at a time."
  }

  assert {
    condition     = toset(keys(aws_lambda_event_source_mapping.beside)) == toset(["dead", "failed"])
    error_message = "The other two queues have one mapping each."
  }
}

run "what_aws_would_refuse_is_refused_at_once" {
  command = plan

  variables {
    name                = "sluice work"
    function_timeout_s  = 901
    max_receive_count   = 4
    maximum_concurrency = 1
  }

  expect_failures = [var.name, var.function_timeout_s, var.max_receive_count, var.maximum_concurrency]
}
