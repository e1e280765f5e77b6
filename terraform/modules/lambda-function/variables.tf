variable "name" {
  description = "The function's name."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,64}$", var.name))
    error_message = "Function '${var.name}': the name must have 1 to 64 characters of a-z, A-Z, 0-9, _ and -."
  }
}

variable "description" {
  description = "Description of the function, which the console shows."
  type        = string
}

variable "role_arn" {
  description = "The ARN of the execution role."
  type        = string
}

variable "code" {
  description = "The zip: its bucket, key and version, and the SHA-256 hash of its bytes in base64."
  type = object({
    bucket     = string
    key        = string
    version_id = string
    sha256     = string
  })
}

variable "environment" {
  description = "The function's environment variables."
  type        = map(string)
}

variable "failure_destination_arn" {
  description = "The ARN of the queue for asynchronous events that failed at every attempt (the on-failure destination)."
  type        = string
}

variable "timeout_s" {
  description = "Timeout of an invocation in seconds."
  type        = number
  default     = 900

  validation {
    condition     = var.timeout_s >= 1 && var.timeout_s <= 900 && floor(var.timeout_s) == var.timeout_s
    error_message = "timeout_s is ${var.timeout_s}; it must be a whole number from 1 to 900."
  }
}

variable "memory_mb" {
  description = "The function's memory in MB. CPU power is proportional to it."
  type        = number
  default     = 512

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb is ${var.memory_mb}; it must be a whole number from 128 to 10,240."
  }
}

variable "reserved_concurrency" {
  description = "Reserved concurrency of the function, which is also its limit; -1: none is reserved."
  type        = number
  default     = -1

  validation {
    condition     = var.reserved_concurrency >= -1 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency is ${var.reserved_concurrency}; it must be -1 or a whole number from 0 (0 stops the function)."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces the function. Its role needs the permissions for it."
  type        = bool
  default     = false
}

variable "log_level" {
  description = "Lowest level that Lambda writes to the log: debug, info, warn or error."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["debug", "info", "warn", "error"], var.log_level)
    error_message = "log_level is '${var.log_level}'; it must be debug, info, warn or error."
  }
}

variable "log_retention_days" {
  description = "Retention of the log in days; 0: it never expires."
  type        = number
  default     = 30

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch accepts 0 (never expires), 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653."
  }
}

variable "async_retries" {
  description = "Number of times Lambda retries a failed asynchronous event."
  type        = number
  default     = 2

  validation {
    condition     = contains([0, 1, 2], var.async_retries)
    error_message = "async_retries is ${var.async_retries}; it must be 0, 1 or 2."
  }
}

variable "async_event_age_s" {
  description = "Maximum age in seconds of an asynchronous event in Lambda's queue."
  type        = number
  default     = 21600

  validation {
    condition     = var.async_event_age_s >= 60 && var.async_event_age_s <= 21600 && floor(var.async_event_age_s) == var.async_event_age_s
    error_message = "async_event_age_s is ${var.async_event_age_s}; it must be a whole number from 60 to 21,600 (six hours)."
  }
}
