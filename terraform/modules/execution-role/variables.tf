variable "name" {
  description = "The role's name, unique in the account."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.name))
    error_message = "Role '${var.name}': a name is 1 to 64 of a-z, A-Z, 0-9 and _+=,.@-."
  }
}

variable "description" {
  description = "What the role is for."
  type        = string
}

variable "source_bucket_arn" {
  description = "The ARN of the bucket with the files, all of which the function may read."
  type        = string
}

variable "datasets_folder_arn" {
  description = "The ARN of the folder with the datasets documents, with a slash at its end."
  type        = string

  validation {
    condition     = can(regex("^[^*?$]+/$", var.datasets_folder_arn))
    error_message = "Folder '${var.datasets_folder_arn}' must end with a slash, and have no *, ? or $: the role may read all whose ARN begins so."
  }
}

variable "results_bucket" {
  description = "The ARN of the bucket for rejects and reports, and the prefixes that the function may write under."
  type = object({
    arn      = string
    prefixes = set(string)
  })

  validation {
    condition     = alltrue([for prefix in var.results_bucket.prefixes : can(regex("^[^*?$]+$", prefix))])
    error_message = "A prefix is not empty and has no *, ? or $: in a policy these stand for other text than themselves."
  }
}

variable "table_arns" {
  description = "The ARNs of the datasets' tables."
  type        = set(string)
}

variable "ledger" {
  description = "The ARNs of the ledger's table and of its indexes."
  type = object({
    arn        = string
    index_arns = set(string)
  })
}

variable "queue_arn" {
  description = "The work queue's ARN."
  type        = string
}

variable "dead_letter_queue_arn" {
  description = "The ARN of the queue for work messages that failed."
  type        = string
}

variable "failed_events_queue_arn" {
  description = "The ARN of the queue for events that failed."
  type        = string
}

variable "log_group_arn" {
  description = "The ARN of the function's log group, without a stream's suffix."
  type        = string
}

variable "tracing" {
  description = "Whether the function may send traces to X-Ray."
  type        = bool
  default     = false
}
