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

variable "filters" {
  description = "Prefix and suffix of the objects that invoke the function, by dataset."
  type = map(object({
    prefix = string
    suffix = string
  }))

  validation {
    condition     = length(var.filters) <= 100
    error_message = "There are ${length(var.filters)} datasets, but a bucket can have at most 100 event notifications (S3's quota). Put the others into another deployment."
  }

  validation {
    condition     = alltrue([for filter in var.filters : filter.prefix != ""])
    error_message = "Each filter needs a prefix. Without one, every object of the bucket would invoke the function."
  }
}
