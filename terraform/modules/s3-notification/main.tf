locals {
  # S3 refuses two filters that one object could match, so that only the shortest of prefixes that begin alike is a filter. The function
  # decides the rest: suffixes may be several, and their letter case may not matter.
  prefixes = [
    for prefix in var.prefixes : prefix
    if !anytrue([for other in var.prefixes : other != prefix && startswith(prefix, other)])
  ]
}

# Another account can create a bucket with the name of a deleted one, so the account is a condition, too.
resource "aws_lambda_permission" "this" {
  statement_id   = "InvokedByBucket"
  action         = "lambda:InvokeFunction"
  function_name  = var.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = var.bucket_arn
  source_account = var.account_id
}

# A bucket has one notification configuration: a second resource of this kind would overwrite it.
resource "aws_s3_bucket_notification" "this" {
  bucket = var.bucket

  dynamic "lambda_function" {
    for_each = toset(local.prefixes)

    content {
      id                  = lambda_function.key
      lambda_function_arn = var.function_arn
      events              = ["s3:ObjectCreated:*"]
      filter_prefix       = lambda_function.value
    }
  }

  # S3 checks its permission to invoke the function when the notification is put.
  depends_on = [aws_lambda_permission.this]
}
