variable "bucket" {
  description = "The bucket whose new objects invoke the function."
  type        = string
}

variable "bucket_arn" {
  description = "The bucket's ARN."
  type        = string
}

variable "account_id" {
  description = "The account that owns the bucket."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id '${var.account_id}' must be an AWS account ID: 12 digits."
  }
}

variable "function_name" {
  description = "The function's name."
  type        = string
}

variable "function_arn" {
  description = "The function's ARN."
  type        = string
}

variable "prefixes" {
  description = "Prefixes of the objects that invoke the function: those of the datasets."
  type        = set(string)

  validation {
    condition     = length(var.prefixes) <= 100
    error_message = "There are ${length(var.prefixes)} prefixes, but a bucket can have at most 100 event notifications (S3's quota). Put the other datasets into another deployment."
  }

  validation {
    condition     = !contains(var.prefixes, "")
    error_message = "A prefix must not be empty: every object of the bucket would invoke the function."
  }
}
