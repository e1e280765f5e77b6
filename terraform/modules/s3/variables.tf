variable "name" {
  description = "The bucket's name, which must be unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "Bucket '${var.name}': the name must have 3 to 63 characters of a-z, 0-9 and -, and must begin and end with a letter or digit. Dots are not allowed: they break TLS."
  }
}

variable "force_destroy" {
  description = "Whether `terraform destroy` deletes the objects in the bucket. If not, it fails at a bucket that is not empty."
  type        = bool
  default     = false
}

variable "noncurrent_days" {
  description = "Days after which a noncurrent version expires."
  type        = number
  default     = 30

  validation {
    condition     = var.noncurrent_days >= 1 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "Bucket '${var.name}': noncurrent_days is ${var.noncurrent_days}; it must be a whole number of days, at least 1."
  }
}

variable "unfinished_upload_days" {
  description = "Days after which an incomplete multipart upload is aborted."
  type        = number
  default     = 7

  validation {
    condition     = var.unfinished_upload_days >= 1 && floor(var.unfinished_upload_days) == var.unfinished_upload_days
    error_message = "Bucket '${var.name}': unfinished_upload_days is ${var.unfinished_upload_days}; it must be a whole number of days, at least 1."
  }
}

variable "expiry_days" {
  description = "Days after which an object expires; null: never."
  type        = number
  default     = null

  validation {
    condition     = var.expiry_days == null || try(var.expiry_days >= 1 && floor(var.expiry_days) == var.expiry_days, false)
    error_message = "Bucket '${var.name}': expiry_days must be null or a whole number of days, at least 1."
  }
}
