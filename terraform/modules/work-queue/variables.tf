variable "name" {
  description = "The queue's name; the others have it too, with `-dead` and `-failed-events` behind it."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,66}$", var.name))
    error_message = "Queue '${var.name}': a name is 1 to 66 of a-z, A-Z, 0-9, _ and - (SQS allows 80, and '-failed-events' must fit behind it)."
  }
}

variable "function_arn" {
  description = "The function that the queue's messages are for."
  type        = string
}

variable "function_timeout_s" {
  description = "The function's timeout, in seconds."
  type        = number

  validation {
    condition     = var.function_timeout_s >= 1 && var.function_timeout_s <= 900
    error_message = "function_timeout_s is ${var.function_timeout_s}; a function's timeout is 1 to 900 seconds."
  }
}

variable "max_receive_count" {
  description = "How often a message is tried before it goes to the dead-letter queue. AWS advises at least 5: throttled invocations count too."
  type        = number
  default     = 10

  validation {
    condition     = var.max_receive_count >= 5 && var.max_receive_count <= 1000 && floor(var.max_receive_count) == var.max_receive_count
    error_message = "max_receive_count is ${var.max_receive_count}; it must be a whole number from 5 to 1,000."
  }
}

variable "maximum_concurrency" {
  description = "How many messages are worked on at a time, at most."
  type        = number
  default     = 10

  validation {
    condition     = var.maximum_concurrency >= 2 && var.maximum_concurrency <= 1000 && floor(var.maximum_concurrency) == var.maximum_concurrency
    error_message = "maximum_concurrency is ${var.maximum_concurrency}; Lambda wants a whole number from 2 to 1,000."
  }
}
