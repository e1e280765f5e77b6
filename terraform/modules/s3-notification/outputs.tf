output "id" {
  description = "The bucket, once it tells the function of its new objects."
  value       = aws_s3_bucket_notification.this.id
}
