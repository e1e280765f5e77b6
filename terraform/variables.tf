variable "name" {
  description = "Name of the deployment; the prefix of every resource's name."
  type        = string
  default     = "sluice"

  # The longest name is a bucket's (63): NAME-results-ACCOUNT.
  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "The name '${var.name}' must have 1 to 40 characters of a-z, 0-9 and -, and must begin and end with a letter or digit."
  }
}

variable "region" {
  description = "Region to deploy to."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

variable "datasets_dir" {
  description = "Directory of the datasets' YAML documents: one file for each dataset, named after it."
  type        = string
  default     = "../datasets"

  validation {
    condition     = length(fileset(var.datasets_dir, "*.yaml")) > 0
    error_message = "'${var.datasets_dir}' contains no *.yaml file. Add a document for at least one dataset."
  }
}

variable "datasets_file" {
  description = "The resolved datasets, which `npm run build` writes."
  type        = string
  default     = "../dist/datasets.json"

  validation {
    condition     = fileexists(var.datasets_file)
    error_message = "'${var.datasets_file}' does not exist. Run: npm run build"
  }
}

variable "zip_path" {
  description = "The function's zip, which `npm run build` writes."
  type        = string
  default     = "../dist/lambda.zip"
}

variable "memory_mb" {
  description = "The function's memory in MB. CPU power is proportional to it."
  type        = number
  default     = 512
}

variable "timeout_s" {
  description = "Timeout of an invocation in seconds. A load that needs longer continues in the next invocation."
  type        = number
  default     = 900
}

variable "reserved_concurrency" {
  description = "Reserved concurrency of the function, which is also its limit; -1: none is reserved."
  type        = number
  default     = -1
}

variable "maximum_concurrency" {
  description = "Maximum number of concurrent loads, 2 to 1,000."
  type        = number
  default     = 10
}

variable "max_receive_count" {
  description = "Number of times a work message is received before it moves to the dead-letter queue."
  type        = number
  default     = 10
}

variable "sweep_minutes" {
  description = "Minutes between two sweeps, which look for imports that no loader works on."
  type        = number
  default     = 5
}

variable "alarm_actions" {
  description = "ARNs of what is told when a feed is late (`expect` of a dataset), and when it is no longer late: an SNS topic, for example."
  type        = set(string)
  default     = []
}

variable "tracing" {
  description = "Whether X-Ray traces invocations."
  type        = bool
  default     = false
}

variable "log_level" {
  description = "Lowest level that the function logs: debug, info, warn or error."
  type        = string
  default     = "info"
}

variable "log_retention_days" {
  description = "Retention of log entries in days; 0: they never expire."
  type        = number
  default     = 30
}

variable "ledger_retention_days" {
  description = "Retention of an import's record in the ledger, in days after its end; 0: it never expires."
  type        = number
  default     = 90

  # SQS stores a failed event or message for 14 days. Its import must still be in the ledger then.
  validation {
    condition     = var.ledger_retention_days == 0 || (var.ledger_retention_days >= 15 && floor(var.ledger_retention_days) == var.ledger_retention_days)
    error_message = "ledger_retention_days must be 0 or a whole number of at least 15, not ${var.ledger_retention_days}."
  }
}

variable "old_version_days" {
  description = "Days after which a noncurrent version of an object expires, in every bucket."
  type        = number
  default     = 30
}

variable "results_expiration_days" {
  description = "Days after which rejects and reports expire; null: never."
  type        = number
  default     = null
}

variable "force_destroy" {
  description = "Whether `terraform destroy` deletes the objects in the buckets. If not, it fails at a bucket that is not empty."
  type        = bool
  default     = false
}
