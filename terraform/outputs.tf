output "datasets" {
  description = "By dataset: where its files are dropped, and the table that gets their rows."
  value = {
    for name, dataset in local.datasets : name => {
      upload_to = "s3://${module.source_bucket.name}/${dataset.source.prefix}"
      table     = module.table[name].name
    }
  }

  precondition {
    condition     = length(local.stale) == 0
    error_message = "${var.datasets_file} is not what ${var.datasets_dir} says: ${join(", ", local.stale)} changed since. Run: npm run build"
  }
}

output "source_bucket" {
  description = "Bucket that files are dropped into."
  value       = module.source_bucket.name
}

output "results_bucket" {
  description = "Bucket of rejects and reports."
  value       = module.results_bucket.name
}

output "code_bucket" {
  description = "Bucket of the function's zip and the datasets document."
  value       = module.code_bucket.name
}

output "function_name" {
  description = "Name of the function."
  value       = module.function.name
}

output "role_arn" {
  description = "ARN of the role that the function runs as."
  value       = module.execution_role.arn
}

output "ledger_table" {
  description = "Table of the imports."
  value       = module.ledger.name
}

output "queue_url" {
  description = "URL of the work queue."
  value       = module.work_queue.url
}

output "dead_letter_queue_url" {
  description = "URL of the queue of work messages that were given up, until the function has marked their imports."
  value       = module.work_queue.dead_letter_url
}

output "failed_events_queue_url" {
  description = "URL of the queue of events that failed at every attempt; each is tried again."
  value       = module.work_queue.failed_events_url
}

output "log_group" {
  description = "Log group of the function."
  value       = module.function.log_group_name
}
