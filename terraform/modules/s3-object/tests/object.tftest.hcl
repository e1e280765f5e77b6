mock_provider "aws" {}

variables {
  bucket       = "sluice-code-123456789012"
  key          = "lambda.zip"
  content_type = "application/zip"
}

run "a_file_is_uploaded_again_when_its_bytes_change" {
  command = plan

  variables {
    file = "tests/lambda.zip"
  }

  assert {
    condition     = aws_s3_object.this.source == "tests/lambda.zip" && aws_s3_object.this.source_hash == filebase64sha256("tests/lambda.zip")
    error_message = "The object follows the file's hash."
  }

  assert {
    condition     = output.sha256 == filebase64sha256("tests/lambda.zip")
    error_message = "The hash is in base64, as Lambda expects it."
  }
}

run "a_text_is_uploaded_as_it_is" {
  command = plan

  variables {
    key          = "datasets.json"
    content      = "{}"
    content_type = "application/json"
  }

  assert {
    condition     = aws_s3_object.this.content == "{}" && output.sha256 == base64sha256("{}")
    error_message = "The object holds the text, and its hash is the text's."
  }
}

run "a_missing_file_is_refused" {
  command = plan

  variables {
    file = "tests/missing.zip"
  }

  expect_failures = [var.file]
}

run "either_a_file_or_a_text_must_be_given" {
  command = plan

  expect_failures = [var.content]
}

run "a_file_and_a_text_together_are_refused" {
  command = plan

  variables {
    file    = "tests/lambda.zip"
    content = "{}"
  }

  expect_failures = [var.content]
}

run "a_key_has_1_to_1024_characters" {
  command = plan

  variables {
    key     = ""
    content = "{}"
  }

  expect_failures = [var.key]
}
