variable "name" {
  description = "Name of the work queue. The other two queues have it with the suffixes `-dead` and `-failed-events`."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,66}$", var.name))
    error_message = "Queue '${var.name}': the name must have 1 to 66 characters of a-z, A-Z, 0-9, _ and - (SQS allows 80, and the suffix '-failed-events' must fit)."
  }
}

variable "function_arn" {
  description = "The ARN of the function that processes the messages."
  type        = string
}

variable "function_timeout_s" {
  description = "The function's timeout, in seconds."
  type        = number

  validation {
    condition     = var.function_timeout_s >= 1 && var.function_timeout_s <= 900
    error_message = "function_timeout_s is ${var.function_timeout_s}; it must be from 1 to 900."
  }
}

variable "max_receive_count" {
  description = "Number of times a message is received before it moves to the dead-letter queue. AWS recommends at least 5, because throttled invocations count."
  type        = number
  default     = 10

  validation {
    condition     = var.max_receive_count >= 5 && var.max_receive_count <= 1000 && floor(var.max_receive_count) == var.max_receive_count
    error_message = "max_receive_count is ${var.max_receive_count}; it must be a whole number from 5 to 1,000."
  }
}

variable "maximum_concurrency" {
  description = "Maximum number of messages that are processed concurrently."
  type        = number
  default     = 10

  validation {
    condition     = var.maximum_concurrency >= 2 && var.maximum_concurrency <= 1000 && floor(var.maximum_concurrency) == var.maximum_concurrency
    error_message = "maximum_concurrency is ${var.maximum_concurrency}; it must be a whole number from 2 to 1,000."
  }
}
