output "url" {
  description = "The queue's URL."
  value       = aws_sqs_queue.this.url
}

output "arn" {
  description = "The queue's ARN."
  value       = aws_sqs_queue.this.arn
}

output "dead_letter_url" {
  description = "The dead-letter queue's URL."
  value       = aws_sqs_queue.dead.url
}

output "dead_letter_arn" {
  description = "The dead-letter queue's ARN."
  value       = aws_sqs_queue.dead.arn
}

output "failed_events_url" {
  description = "The URL of the queue of failed events."
  value       = aws_sqs_queue.failed_events.url
}

output "failed_events_arn" {
  description = "The ARN of the queue of failed events."
  value       = aws_sqs_queue.failed_events.arn
}
