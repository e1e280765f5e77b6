variable "name" {
  description = "The name of the schedule and of its role."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{1,64}$", var.name))
    error_message = "Schedule '${var.name}': the name must have 1 to 64 characters of a-z, A-Z, 0-9, _, - and dots."
  }
}

variable "description" {
  description = "Purpose of the schedule."
  type        = string
}

variable "account_id" {
  description = "The ID of the schedule's account."
  type        = string
}

variable "function_arn" {
  description = "The ARN of the function to invoke."
  type        = string
}

variable "input" {
  description = "The event for the function, as JSON."
  type        = string

  validation {
    condition     = can(jsondecode(var.input))
    error_message = "input must be JSON, not: ${var.input}"
  }
}

variable "every_minutes" {
  description = "Minutes between two invocations."
  type        = number
  default     = 5

  validation {
    condition     = var.every_minutes >= 1 && var.every_minutes <= 1440 && floor(var.every_minutes) == var.every_minutes
    error_message = "every_minutes is ${var.every_minutes}; it must be a whole number from 1 to 1,440 (a day)."
  }
}
