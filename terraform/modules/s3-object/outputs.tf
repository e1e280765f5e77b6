output "bucket" {
  description = "The bucket that holds the object."
  value       = aws_s3_object.this.bucket
}

output "key" {
  description = "The object's key."
  value       = aws_s3_object.this.key
}

output "arn" {
  description = "The object's ARN."
  value       = aws_s3_object.this.arn
}

output "version_id" {
  description = "The version that was put."
  value       = aws_s3_object.this.version_id
}

output "sha256" {
  description = "The SHA-256 hash of what the object holds, in base64, as Lambda wants it."
  value       = local.sha256
}
