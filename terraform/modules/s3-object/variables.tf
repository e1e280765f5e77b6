variable "bucket" {
  description = "The bucket that the object is put into; it must have versioning turned on."
  type        = string
}

variable "key" {
  description = "The object's key."
  type        = string

  validation {
    condition     = length(var.key) >= 1 && length(var.key) <= 1024
    error_message = "The key is ${length(var.key)} characters long; S3 allows 1 to 1,024."
  }
}

variable "file" {
  description = "The path of the file to upload; or null, and `content` says what the object holds."
  type        = string
  default     = null

  validation {
    condition     = var.file == null || try(fileexists(var.file), false)
    error_message = "There is no file '${coalesce(var.file, "-")}' to upload."
  }
}

variable "content" {
  description = "What the object holds, as text; or null, and `file` names a file."
  type        = string
  default     = null

  validation {
    condition     = (var.content == null) != (var.file == null)
    error_message = "Object '${var.key}': give either file or content."
  }
}

variable "content_type" {
  description = "The object's media type."
  type        = string
}
