mock_provider "aws" {}

# The policy itself is tested in policy.tftest.hcl.
override_data {
  target = data.aws_iam_policy_document.tls_only
  values = { json = "{}" }
}

variables {
  name = "sluice-source-123456789012"
}

run "a_bucket_is_private_versioned_and_encrypted" {
  command = plan

  assert {
    condition     = aws_s3_bucket.this.bucket == "sluice-source-123456789012" && !aws_s3_bucket.this.force_destroy
    error_message = "The bucket has its name, and is not destroyed with what is in it."
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "Versioning is on."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "All four blocks of public access are on."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "Access control lists are off."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "Objects are encrypted by S3's own keys."
  }
}

run "noncurrent_versions_and_incomplete_uploads_expire_and_objects_do_not" {
  command = plan

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[*].id == tolist(["old-versions", "unfinished-uploads", "delete-markers"])
    error_message = "There are three rules, and none that expires objects."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration[0].noncurrent_days == 30
    error_message = "Noncurrent versions expire after 30 days."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[1].abort_incomplete_multipart_upload[0].days_after_initiation == 7
    error_message = "Incomplete multipart uploads are aborted after 7 days."
  }
}

run "objects_expire_after_expiry_days" {
  command = plan

  variables {
    expiry_days = 90
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[2].id == "expiry" && aws_s3_bucket_lifecycle_configuration.this.rule[2].expiration[0].days == 90
    error_message = "Objects expire after 90 days."
  }
}
