output "bucket" {
  description = "The object's bucket."
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
  description = "The id of the object's version."
  value       = aws_s3_object.this.version_id
}

output "sha256" {
  description = "The SHA-256 hash of the content in base64, the form that Lambda expects."
  value       = local.sha256
}
