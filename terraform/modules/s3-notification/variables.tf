variable "bucket" {
  description = "The bucket whose new objects the function hears of."
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
    error_message = "account_id '${var.account_id}' is not an AWS account: that is 12 digits."
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
  description = "Which objects the function hears of: a prefix and a suffix for each dataset, by its name."
  type = map(object({
    prefix = string
    suffix = string
  }))

  validation {
    condition     = length(var.filters) <= 100
    error_message = "There are ${length(var.filters)} datasets, and a bucket has at most 100 notifications (S3's quota). Give the others a deployment of their own."
  }

  validation {
    condition     = alltrue([for filter in var.filters : filter.prefix != ""])
    error_message = "Each filter needs a prefix: without one the function would hear of every object of the bucket."
  }
}
