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
  target          = aws_s3_bucket.this
  override_during = plan
  values = {
    arn = "arn:aws:s3:::sluice-source-123456789012"
  }
}

variables {
  name = "sluice-source-123456789012"
}

run "requests_without_tls_are_denied_and_the_policy_says_nothing_else" {
  command = plan

  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [{
      Sid       = "DenyWithoutTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource = [
        "arn:aws:s3:::sluice-source-123456789012/*",
        "arn:aws:s3:::sluice-source-123456789012",
      ]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "The policy is: ${aws_s3_bucket_policy.this.policy}"
  }
}
