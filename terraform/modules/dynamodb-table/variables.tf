variable "name" {
  description = "The table's name."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.name))
    error_message = "Table '${var.name}': the name must have 3 to 255 characters of a-z, A-Z, 0-9, _, - and dots."
  }
}

variable "partition_key" {
  description = "The partition key: the attribute's name, and its type (S: string, N: number, B: binary)."
  type = object({
    name = string
    type = string
  })

  validation {
    condition     = length(var.partition_key.name) >= 1 && length(var.partition_key.name) <= 255
    error_message = "Table '${var.name}': the partition key's name must have 1 to 255 characters."
  }

  validation {
    condition     = contains(["S", "N", "B"], var.partition_key.type)
    error_message = "Table '${var.name}': the partition key's type is '${var.partition_key.type}'; it must be S, N or B."
  }
}

variable "sort_key" {
  description = "The sort key in the same form; null: the table has none."
  type = object({
    name = string
    type = string
  })
  default = null

  validation {
    condition     = var.sort_key == null || try(length(var.sort_key.name) >= 1 && length(var.sort_key.name) <= 255, false)
    error_message = "Table '${var.name}': the sort key's name must have 1 to 255 characters."
  }

  validation {
    condition     = var.sort_key == null || try(contains(["S", "N", "B"], var.sort_key.type), false)
    error_message = "Table '${var.name}': the sort key's type must be S, N or B."
  }

  validation {
    condition     = var.sort_key == null || try(var.sort_key.name != var.partition_key.name, false)
    error_message = "Table '${var.name}': the sort key and the partition key must be different attributes."
  }
}

variable "billing" {
  description = "Capacity mode: `provisioned` (a fixed number of units per second) or `on_demand` (each request is billed)."
  type        = string
  default     = "provisioned"

  validation {
    condition     = contains(["provisioned", "on_demand"], var.billing)
    error_message = "Table '${var.name}': billing is '${var.billing}'; it must be provisioned or on_demand."
  }
}

variable "read_units" {
  description = "Provisioned read units per second of the table, and of each index. Only with `provisioned` billing."
  type        = number
  default     = 5

  validation {
    condition     = var.read_units >= 1 && var.read_units <= 40000 && floor(var.read_units) == var.read_units
    error_message = "Table '${var.name}': read_units is ${var.read_units}; it must be a whole number from 1 to 40,000 (DynamoDB's quota for a table)."
  }
}

variable "write_units" {
  description = "Provisioned write units per second of the table, and of each index. Only with `provisioned` billing."
  type        = number
  default     = 5

  validation {
    condition     = var.write_units >= 1 && var.write_units <= 40000 && floor(var.write_units) == var.write_units
    error_message = "Table '${var.name}': write_units is ${var.write_units}; it must be a whole number from 1 to 40,000 (DynamoDB's quota for a table)."
  }
}

variable "indexes" {
  description = "Secondary indexes by name. `projection`: all, keys_only, or include (the keys and the attributes in `include`). `local`: a local index; its partition key is the table's."
  type = map(object({
    partition_key = object({
      name = string
      type = string
    })
    sort_key = optional(object({
      name = string
      type = string
    }))
    projection = optional(string, "all")
    include    = optional(list(string), [])
    local      = optional(bool, false)
  }))
  default = {}

  validation {
    condition     = alltrue(flatten([for index in values(var.indexes) : [for key in [index.partition_key, index.sort_key] : contains(["S", "N", "B"], key.type) if key != null]]))
    error_message = "Table '${var.name}': the type of an index's key must be S, N or B."
  }

  validation {
    condition     = alltrue([for index in values(var.indexes) : contains(["all", "keys_only", "include"], index.projection) && (index.projection == "include") == (length(index.include) > 0)])
    error_message = "Table '${var.name}': an index's projection must be all, keys_only or include; include needs the names of attributes, and only include may have them."
  }

  validation {
    condition     = alltrue([for index in values(var.indexes) : !index.local || index.sort_key != null])
    error_message = "Table '${var.name}': a local index needs a sort key."
  }
}

variable "autoscaling" {
  description = "Most units, and the percentage of them that is aimed at; read_units and write_units are the least. null: the units are fixed. Only with `provisioned` billing."
  type = object({
    max_read_units  = number
    max_write_units = number
    target_percent  = number
  })
  default = null

  validation {
    condition     = var.autoscaling == null || try(var.autoscaling.target_percent >= 20 && var.autoscaling.target_percent <= 90, false)
    error_message = "Table '${var.name}': target_percent must be from 20 to 90."
  }
}

variable "max_read_units" {
  description = "Most read units per second; null: no limit but AWS's. Only with `on_demand` billing."
  type        = number
  default     = null
}

variable "max_write_units" {
  description = "Most write units per second; null: no limit but AWS's. Only with `on_demand` billing."
  type        = number
  default     = null
}

variable "streams" {
  description = "What a stream record contains: keys_only, new_image, old_image or new_and_old_images; none: the table has no stream."
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "keys_only", "new_image", "old_image", "new_and_old_images"], var.streams)
    error_message = "Table '${var.name}': streams is '${var.streams}'; it must be none, keys_only, new_image, old_image or new_and_old_images."
  }
}

variable "class" {
  description = "Table class: standard or infrequent_access."
  type        = string
  default     = "standard"

  validation {
    condition     = contains(["standard", "infrequent_access"], var.class)
    error_message = "Table '${var.name}': class is '${var.class}'; it must be standard or infrequent_access."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the table; null: the account's AWS managed key."
  type        = string
  default     = null
}

variable "ttl_attribute" {
  description = "Attribute with an item's expiry time in epoch seconds; null: items do not expire."
  type        = string
  default     = null

  validation {
    condition     = var.ttl_attribute == null || try(length(var.ttl_attribute) >= 1 && length(var.ttl_attribute) <= 255, false)
    error_message = "Table '${var.name}': the TTL attribute's name must have 1 to 255 characters."
  }
}

variable "point_in_time_recovery" {
  description = "Whether point-in-time recovery is on: the table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table. `terraform destroy` then fails, too."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of this table, in addition to those of the deployment."
  type        = map(string)
  default     = {}
}
