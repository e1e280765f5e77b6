provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ Application = "sluice", Deployment = var.name }, var.tags)
  }
}

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

locals {
  account_id = data.aws_caller_identity.this.account_id
}

module "source_bucket" {
  source = "./modules/s3"

  name            = "${var.name}-source-${local.account_id}"
  noncurrent_days = var.old_version_days
  force_destroy   = var.force_destroy
}

module "results_bucket" {
  source = "./modules/s3"

  name            = "${var.name}-results-${local.account_id}"
  noncurrent_days = var.old_version_days
  expiry_days     = var.results_expiration_days
  force_destroy   = var.force_destroy
}

module "code_bucket" {
  source = "./modules/s3"

  name            = "${var.name}-code-${local.account_id}"
  noncurrent_days = var.old_version_days
  force_destroy   = var.force_destroy
}

module "zip" {
  source = "./modules/s3-object"

  bucket       = module.code_bucket.name
  key          = "lambda.zip"
  file         = var.zip_path
  content_type = "application/zip"
}

# A change creates a new version; the old one stays. The function's environment names a version. So the function reads the old document
# until Terraform has changed its environment, and the new one afterwards.
module "datasets_document" {
  source = "./modules/s3-object"

  bucket       = module.code_bucket.name
  key          = "datasets/resolved.json"
  content      = jsonencode({ datasets = local.resolved.datasets })
  content_type = "application/json"
}

module "table" {
  source   = "./modules/dynamodb-table"
  for_each = local.owned

  name                   = "${var.name}-${each.value.table.name}"
  partition_key          = each.value.key.partition
  sort_key               = each.value.key.sort
  billing                = each.value.table.billing
  read_units             = each.value.table.read_units
  write_units            = each.value.table.write_units
  indexes                = each.value.table.indexes
  autoscaling            = each.value.table.autoscaling
  max_read_units         = each.value.table.max_read_units
  max_write_units        = each.value.table.max_write_units
  streams                = each.value.table.streams
  class                  = each.value.table.class
  kms_key_arn            = each.value.table.kms
  ttl_attribute          = each.value.table.ttl_attribute
  point_in_time_recovery = each.value.table.point_in_time_recovery
  deletion_protection    = each.value.table.deletion_protection

  tags = merge(each.value.table.tags, { Dataset = each.key })
}

module "ledger" {
  source = "./modules/dynamodb-table"

  name          = "${var.name}-ledger"
  partition_key = { name = "pk", type = "S" }
  sort_key      = { name = "sk", type = "S" }
  billing       = "on_demand"
  ttl_attribute = "expiresAt"

  indexes = {
    by-dataset = {
      partition_key = { name = "dataset", type = "S" }
      sort_key      = { name = "queuedAtMs", type = "N" }
    }
    by-time = {
      partition_key = { name = "feed", type = "S" }
      sort_key      = { name = "queuedAtMs", type = "N" }
    }
    # Only imports that have not ended have the attribute. The sweep reads this index.
    open = {
      partition_key = { name = "open", type = "S" }
      sort_key      = { name = "queuedAtMs", type = "N" }
    }
  }
}

module "work_queue" {
  source = "./modules/work-queue"

  name                = "${var.name}-work"
  function_arn        = module.function.arn
  function_timeout_s  = var.timeout_s
  max_receive_count   = var.max_receive_count
  maximum_concurrency = var.maximum_concurrency
}

module "execution_role" {
  source = "./modules/execution-role"

  name        = "${var.name}-load"
  description = "Permissions of the function ${var.name}-load"

  source_bucket_arn = module.source_bucket.arn
  results_bucket = {
    arn      = module.results_bucket.arn
    prefixes = ["rejects/", "reports/"]
  }
  ledger = {
    arn        = module.ledger.arn
    index_arns = module.ledger.index_arns
  }
  datasets_folder_arn     = "${module.code_bucket.arn}/datasets/"
  table_actions           = local.table_actions
  kms_key_arns            = toset([for dataset in values(local.datasets) : dataset.table.kms if dataset.table.kms != null])
  queue_arn               = module.work_queue.arn
  dead_letter_queue_arn   = module.work_queue.dead_letter_arn
  failed_events_queue_arn = module.work_queue.failed_events_arn
  log_group_arn           = module.function.log_group_arn
  tracing                 = var.tracing
}

module "function" {
  source = "./modules/lambda-function"

  name        = "${var.name}-load"
  description = "Loads CSV files from ${module.source_bucket.name} into DynamoDB"
  role_arn    = module.execution_role.arn
  code = {
    bucket     = module.code_bucket.name
    key        = module.zip.key
    version_id = module.zip.version_id
    sha256     = module.zip.sha256
  }
  environment = {
    SLUICE_NAME                    = var.name
    SLUICE_TABLE_PREFIX            = "${var.name}-"
    SLUICE_LEDGER_TABLE            = module.ledger.name
    SLUICE_SOURCE_BUCKET           = module.source_bucket.name
    SLUICE_RESULTS_BUCKET          = module.results_bucket.name
    SLUICE_QUEUE_URL               = module.work_queue.url
    SLUICE_DEAD_LETTER_QUEUE_ARN   = module.work_queue.dead_letter_arn
    SLUICE_FAILED_EVENTS_QUEUE_ARN = module.work_queue.failed_events_arn
    SLUICE_DATASETS_BUCKET         = module.code_bucket.name
    SLUICE_DATASETS_KEY            = module.datasets_document.key
    SLUICE_DATASETS_VERSION        = module.datasets_document.version_id
    SLUICE_LEDGER_RETENTION_DAYS   = tostring(var.ledger_retention_days)
    SLUICE_LOG_LEVEL               = var.log_level
    # Stack traces then name the source files instead of the bundle.
    NODE_OPTIONS = "--enable-source-maps"
  }
  timeout_s               = var.timeout_s
  memory_mb               = var.memory_mb
  reserved_concurrency    = var.reserved_concurrency
  tracing                 = var.tracing
  log_level               = var.log_level
  log_retention_days      = var.log_retention_days
  failure_destination_arn = module.work_queue.failed_events_arn
}

# Finds imports that no loader works on, and emits the metrics for alarms.
module "sweep" {
  source = "./modules/schedule"

  name          = "${var.name}-sweep"
  description   = "Invokes ${module.function.name} to find imports that no loader works on"
  account_id    = local.account_id
  function_arn  = module.function.arn
  input         = jsonencode({ sluice = "sweep" })
  every_minutes = var.sweep_minutes
}

module "notification" {
  source = "./modules/s3-notification"

  bucket        = module.source_bucket.name
  bucket_arn    = module.source_bucket.arn
  account_id    = local.account_id
  function_name = module.function.name
  function_arn  = module.function.arn
  prefixes      = toset([for dataset in values(local.datasets) : dataset.source.prefix])
}
