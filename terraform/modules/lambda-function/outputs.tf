output "name" {
  description = "The function's name."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "The function's ARN."
  value       = aws_lambda_function.this.arn
}

output "timeout_s" {
  description = "Timeout of an invocation in seconds."
  value       = var.timeout_s
}

output "log_group_name" {
  description = "The log group's name."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "The log group's ARN, without a stream's suffix."
  value       = aws_cloudwatch_log_group.this.arn
}
