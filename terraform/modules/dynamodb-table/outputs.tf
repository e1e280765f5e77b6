output "name" {
  description = "The table's name."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "The table's ARN."
  value       = aws_dynamodb_table.this.arn
}

output "index_arns" {
  description = "The ARN of each index."
  value       = [for name in keys(var.indexes) : "${aws_dynamodb_table.this.arn}/index/${name}"]
}
