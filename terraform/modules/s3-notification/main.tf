locals {
  # S3 refuses two filters that one object could match: prefixes where one begins with the other, and suffixes where one
  # ends with the other. It says so only when the notification is put; here it is known at plan time.
  overlaps = flatten([
    for a, first in var.filters : [
      for b, second in var.filters :
      "'${a}' (${first.prefix}*${first.suffix}) and '${b}' (${second.prefix}*${second.suffix})"
      if a < b
      && (startswith(first.prefix, second.prefix) || startswith(second.prefix, first.prefix))
      && (endswith(first.suffix, second.suffix) || endswith(second.suffix, first.suffix))
    ]
  ])
}

# Bucket names are free to be taken by others once a bucket is gone, so the account is asked for too.
resource "aws_lambda_permission" "this" {
  statement_id   = "InvokedByBucket"
  action         = "lambda:InvokeFunction"
  function_name  = var.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = var.bucket_arn
  source_account = var.account_id
}

# A bucket has one notification configuration: a second resource of this kind would wipe it.
resource "aws_s3_bucket_notification" "this" {
  bucket = var.bucket

  dynamic "lambda_function" {
    for_each = var.filters

    content {
      id                  = lambda_function.key
      lambda_function_arn = var.function_arn
      events              = ["s3:ObjectCreated:*"]
      filter_prefix       = lambda_function.value.prefix
      filter_suffix       = lambda_function.value.suffix
    }
  }

  # S3 tries the function out when the notification is put.
  depends_on = [aws_lambda_permission.this]
}
