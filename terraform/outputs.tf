output "datasets" {
  description = "For each dataset: where to upload its files, and the table that gets their rows."
  value = {
    for name, dataset in local.datasets : name => {
      upload_to = "s3://${module.source_bucket.name}/${dataset.source.prefix}"
      table     = dataset.table.existing == null ? module.table[coalesce(dataset.table.same_as, name)].name : dataset.table.existing
    }
  }

  precondition {
    condition     = length(local.stale) == 0
    error_message = "${var.datasets_file} is out of date: ${join(", ", local.stale)} in ${var.datasets_dir} changed after the build. Run: npm run build"
  }
}

output "source_bucket" {
  description = "Bucket to upload files to."
  value       = module.source_bucket.name
}

output "results_bucket" {
  description = "Bucket with rejects and reports."
  value       = module.results_bucket.name
}

output "code_bucket" {
  description = "Bucket with the function's zip and the datasets document."
  value       = module.code_bucket.name
}

output "function_name" {
  description = "Name of the function."
  value       = module.function.name
}

output "role_arn" {
  description = "ARN of the function's execution role."
  value       = module.execution_role.arn
}

output "ledger_table" {
  description = "Name of the ledger's table, which holds the imports."
  value       = module.ledger.name
}

output "queue_url" {
  description = "URL of the work queue."
  value       = module.work_queue.url
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue. The function marks the import of each message as stalled."
  value       = module.work_queue.dead_letter_url
}

output "failed_events_queue_url" {
  description = "URL of the queue of events that failed at every attempt. Each is retried."
  value       = module.work_queue.failed_events_url
}

output "log_group" {
  description = "Log group of the function."
  value       = module.function.log_group_name
}
