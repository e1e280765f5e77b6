variable "name" {
  description = "The bucket's name, unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "Bucket '${var.name}': a name is 3 to 63 of a-z, 0-9 and -, and begins and ends with a letter or digit (dots would break TLS)."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket deletes what is in it. Otherwise a bucket that is not empty can't be destroyed."
  type        = bool
  default     = false
}

variable "noncurrent_days" {
  description = "Days after which a version that has been replaced or deleted is removed for good."
  type        = number
  default     = 30

  validation {
    condition     = var.noncurrent_days >= 1 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "Bucket '${var.name}': noncurrent_days is ${var.noncurrent_days}; it must be a whole number of days, at least 1."
  }
}

variable "unfinished_upload_days" {
  description = "Days after which the parts of an upload that was never finished are removed."
  type        = number
  default     = 7

  validation {
    condition     = var.unfinished_upload_days >= 1 && floor(var.unfinished_upload_days) == var.unfinished_upload_days
    error_message = "Bucket '${var.name}': unfinished_upload_days is ${var.unfinished_upload_days}; it must be a whole number of days, at least 1."
  }
}

variable "expiry_days" {
  description = "Days after which an object is deleted; null keeps objects for good."
  type        = number
  default     = null

  validation {
    condition     = var.expiry_days == null || try(var.expiry_days >= 1 && floor(var.expiry_days) == var.expiry_days, false)
    error_message = "Bucket '${var.name}': expiry_days must be null or a whole number of days, at least 1."
  }
}
