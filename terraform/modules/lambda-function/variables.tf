variable "name" {
  description = "The function's name."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,64}$", var.name))
    error_message = "Function '${var.name}': a name is 1 to 64 of a-z, A-Z, 0-9, _ and -."
  }
}

variable "description" {
  description = "What the function does, for those who find it in the console."
  type        = string
}

variable "role_arn" {
  description = "The role that the function runs as."
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
  description = "The queue that keeps asynchronous events which failed every time."
  type        = string
}

variable "timeout_s" {
  description = "Seconds that an invocation may take."
  type        = number
  default     = 900

  validation {
    condition     = var.timeout_s >= 1 && var.timeout_s <= 900 && floor(var.timeout_s) == var.timeout_s
    error_message = "timeout_s is ${var.timeout_s}; Lambda wants a whole number from 1 to 900."
  }
}

variable "memory_mb" {
  description = "The function's memory in MB; its share of a processor grows with it."
  type        = number
  default     = 512

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb is ${var.memory_mb}; Lambda wants a whole number from 128 to 10,240."
  }
}

variable "reserved_concurrency" {
  description = "Concurrent invocations that are reserved for the function, and its limit; -1 for the account's common pool."
  type        = number
  default     = -1

  validation {
    condition     = var.reserved_concurrency >= -1 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency is ${var.reserved_concurrency}; it must be -1 or a whole number from 0 (which stops the function)."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces the function. Its role needs the right for it."
  type        = bool
  default     = false
}

variable "log_level" {
  description = "The least level that Lambda keeps of the function's log: debug, info, warn or error."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["debug", "info", "warn", "error"], var.log_level)
    error_message = "log_level is '${var.log_level}'; it must be debug, info, warn or error."
  }
}

variable "log_retention_days" {
  description = "Days that the log is kept; 0 keeps it for good."
  type        = number
  default     = 30

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}; CloudWatch knows 0 (for good), 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653."
  }
}

variable "async_retries" {
  description = "How often Lambda tries an asynchronous event again that failed."
  type        = number
  default     = 2

  validation {
    condition     = contains([0, 1, 2], var.async_retries)
    error_message = "async_retries is ${var.async_retries}; Lambda knows 0, 1 and 2."
  }
}

variable "async_event_age_s" {
  description = "Seconds that Lambda keeps an asynchronous event which waits for its turn."
  type        = number
  default     = 21600

  validation {
    condition     = var.async_event_age_s >= 60 && var.async_event_age_s <= 21600 && floor(var.async_event_age_s) == var.async_event_age_s
    error_message = "async_event_age_s is ${var.async_event_age_s}; Lambda wants a whole number from 60 to 21,600 (six hours)."
  }
}
