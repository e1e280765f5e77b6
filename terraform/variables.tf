variable "name" {
  description = "Name of the deployment: it stands before the name of everything that is made."
  type        = string
  default     = "sluice"

  # The longest name is a bucket's (63): NAME-results-ACCOUNT.
  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "The deployment's name '${var.name}' must be 1 to 40 of a-z, 0-9 and -, and begin and end with a letter or digit."
  }
}

variable "region" {
  description = "Region to deploy to."
  type        = string
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
}

variable "datasets_dir" {
  description = "Directory of the datasets' YAML documents, one a dataset, its name the file's."
  type        = string
  default     = "../datasets"

  validation {
    condition     = length(fileset(var.datasets_dir, "*.yaml")) > 0
    error_message = "There is no *.yaml in '${var.datasets_dir}': at least one dataset must be described."
  }
}

variable "datasets_file" {
  description = "The datasets as `npm run build` resolves them."
  type        = string
  default     = "../dist/datasets.json"

  validation {
    condition     = fileexists(var.datasets_file)
    error_message = "There is no file '${var.datasets_file}'. Run: npm run build"
  }
}

variable "zip_path" {
  description = "The function's zip, as `npm run build` writes it."
  type        = string
  default     = "../dist/lambda.zip"
}

variable "memory_mb" {
  description = "The function's memory in MB; processor time grows with it."
  type        = number
  default     = 512
}

variable "timeout_s" {
  description = "Seconds that an invocation may take. What is not loaded by then goes on in the next one."
  type        = number
  default     = 900
}

variable "reserved_concurrency" {
  description = "Concurrent invocations that are kept for the function, and its most; -1 takes from what the account has left."
  type        = number
  default     = -1
}

variable "maximum_concurrency" {
  description = "The most loads at a time, 2 to 1,000."
  type        = number
  default     = 10
}

variable "max_receive_count" {
  description = "How often a work message is received before it goes to the dead-letter queue."
  type        = number
  default     = 10
}

variable "sweep_minutes" {
  description = "Minutes between two looks for imports that nobody works on."
  type        = number
  default     = 5
}

variable "tracing" {
  description = "Whether invocations are traced by X-Ray."
  type        = bool
  default     = false
}

variable "log_level" {
  description = "The least level that the function logs: debug, info, warn or error."
  type        = string
  default     = "info"
}

variable "log_retention_days" {
  description = "Days that log entries are kept; 0 keeps them."
  type        = number
  default     = 30
}

variable "ledger_retention_days" {
  description = "Days that the ledger keeps an import after its end; 0 keeps it for good."
  type        = number
  default     = 90

  # An event or message that was given up lives for 14 days, and must still find its import.
  validation {
    condition     = var.ledger_retention_days == 0 || (var.ledger_retention_days >= 15 && floor(var.ledger_retention_days) == var.ledger_retention_days)
    error_message = "ledger_retention_days must be 0 or a whole number of at least 15, not ${var.ledger_retention_days}."
  }
}

variable "old_version_days" {
  description = "Days after which a version of an object expires that is no longer the current one, in every bucket."
  type        = number
  default     = 30
}

variable "results_expiration_days" {
  description = "Days after which rejects and reports expire; null keeps them."
  type        = number
  default     = null
}

variable "force_destroy" {
  description = "Whether `terraform destroy` deletes what is in the buckets. Otherwise it stops at a bucket that is not empty."
  type        = bool
  default     = false
}
