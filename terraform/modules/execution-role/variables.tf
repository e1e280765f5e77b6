variable "name" {
  description = "The role's name, unique in the account."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@-]{1,64}$", var.name))
    error_message = "Role '${var.name}': the name must have 1 to 64 characters of a-z, A-Z, 0-9 and _+=,.@-."
  }
}

variable "description" {
  description = "Purpose of the role."
  type        = string
}

variable "source_bucket_arn" {
  description = "The ARN of the source bucket. The function may read all its objects."
  type        = string
}

variable "datasets_folder_arn" {
  description = "The ARN of the folder with the datasets document; it ends with a slash."
  type        = string

  validation {
    condition     = can(regex("^[^*?$]+/$", var.datasets_folder_arn))
    error_message = "Folder '${var.datasets_folder_arn}' must end with a slash and contain no *, ? or $: the role may read every object whose ARN has this prefix."
  }
}

variable "results_bucket" {
  description = "The ARN of the bucket for rejects and reports, and the prefixes that the function may write to."
  type = object({
    arn      = string
    prefixes = set(string)
  })

  validation {
    condition     = alltrue([for prefix in var.results_bucket.prefixes : can(regex("^[^*?$]+$", prefix))])
    error_message = "A prefix must not be empty and must contain no *, ? or $, which are special characters in a policy."
  }
}

variable "table_actions" {
  description = "For each action of DynamoDB that the datasets need, the ARNs of the tables."
  type        = map(set(string))

  validation {
    condition     = alltrue([for action in keys(var.table_actions) : contains(["BatchWriteItem", "PutItem", "UpdateItem", "DeleteItem", "DescribeTable"], action)])
    error_message = "The actions are BatchWriteItem, PutItem, UpdateItem, DeleteItem and DescribeTable, not ${join(", ", keys(var.table_actions))}."
  }
}

variable "kms_key_arns" {
  description = "The ARNs of the KMS keys that encrypt the datasets' tables; none for the AWS managed key."
  type        = set(string)
  default     = []
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
  description = "The ARN of the dead-letter queue."
  type        = string
}

variable "failed_events_queue_arn" {
  description = "The ARN of the queue of failed events."
  type        = string
}

variable "log_group_arn" {
  description = "The ARN of the function's log group, without the suffix of a stream."
  type        = string
}

variable "tracing" {
  description = "Whether the function may send traces to X-Ray."
  type        = bool
  default     = false
}
