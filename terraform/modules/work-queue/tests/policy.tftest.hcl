# The provider itself, which writes policies without a call: a mock would write none.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_resource {
  target          = aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:sluice-work" }
}

override_resource {
  target          = aws_sqs_queue.dead
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:sluice-work-dead" }
}

override_resource {
  target          = aws_sqs_queue.failed_events
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:sluice-work-failed-events" }
}

variables {
  name               = "sluice-work"
  function_arn       = "arn:aws:lambda:eu-west-1:123456789012:function:sluice-load"
  function_timeout_s = 900
}

run "requests_without_tls_are_denied_and_the_policy_says_nothing_else" {
  command = plan

  assert {
    condition = alltrue([
      for queue, name in { work = "sluice-work", dead = "sluice-work-dead", failed = "sluice-work-failed-events" } :
      jsondecode(aws_sqs_queue_policy.this[queue].policy).Statement == [{
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = "arn:aws:sqs:eu-west-1:123456789012:${name}"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    ])
    error_message = "The policies are: ${jsonencode({ for queue, policy in aws_sqs_queue_policy.this : queue => policy.policy })}"
  }
}
