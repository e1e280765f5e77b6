output "id" {
  description = "The bucket's name, available after the notification exists."
  value       = aws_s3_bucket_notification.this.id
}
