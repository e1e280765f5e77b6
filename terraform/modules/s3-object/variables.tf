variable "bucket" {
  description = "The bucket of the object. Its versioning must be enabled."
  type        = string
}

variable "key" {
  description = "The object's key."
  type        = string

  validation {
    condition     = length(var.key) >= 1 && length(var.key) <= 1024
    error_message = "The key has ${length(var.key)} characters; it must have 1 to 1,024."
  }
}

variable "file" {
  description = "Path of the file to upload; null if `content` is given."
  type        = string
  default     = null

  validation {
    condition     = var.file == null || try(fileexists(var.file), false)
    error_message = "The file '${coalesce(var.file, "-")}' does not exist."
  }
}

variable "content" {
  description = "Content of the object as text; null if `file` is given."
  type        = string
  default     = null

  validation {
    condition     = (var.content == null) != (var.file == null)
    error_message = "Object '${var.key}': set exactly one of file and content."
  }
}

variable "content_type" {
  description = "The object's media type."
  type        = string
}
