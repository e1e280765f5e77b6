locals {
  names = sort(keys(var.filters))

  # S3 refuses two filters that one object could match: one prefix begins with the other, and one suffix ends with the other.
  # S3 checks this when the notification is put; this check fails the plan.
  overlaps = flatten([
    for i, a in local.names : [
      for b in slice(local.names, i + 1, length(local.names)) :
      "'${a}' (${var.filters[a].prefix}*${var.filters[a].suffix}) and '${b}' (${var.filters[b].prefix}*${var.filters[b].suffix})"
      if(startswith(var.filters[a].prefix, var.filters[b].prefix) || startswith(var.filters[b].prefix, var.filters[a].prefix))
      && (endswith(var.filters[a].suffix, var.filters[b].suffix) || endswith(var.filters[b].suffix, var.filters[a].suffix))
    ]
  ])
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
    for_each = var.filters

    content {
      id                  = lambda_function.key
      lambda_function_arn = var.function_arn
      events              = ["s3:ObjectCreated:*"]
      filter_prefix       = lambda_function.value.prefix
      filter_suffix       = lambda_function.value.suffix
    }
  }

  # S3 checks its permission to invoke the function when the notification is put.
  depends_on = [aws_lambda_permission.this]

  lifecycle {
    precondition {
      condition     = length(local.overlaps) == 0
      error_message = "One object could match the filters of two datasets, which S3 refuses: ${join("; ", local.overlaps)}. Change source.prefix or source.suffix of one of them."
    }
  }
}
