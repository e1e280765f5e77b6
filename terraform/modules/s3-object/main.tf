resource "aws_s3_object" "this" {
  bucket       = var.bucket
  key          = var.key
  source       = var.file
  content      = var.content
  content_type = var.content_type
  source_hash  = local.sha256

  lifecycle {
    # A function that names the old key must be able to read that object until its environment names the new key.
    create_before_destroy = true
  }
}

locals {
  sha256 = var.file == null ? base64sha256(coalesce(var.content, " ")) : filebase64sha256(var.file)
}
