# Every value of the deployment. variables.tf describes each and its bounds.
name   = "sluice"
region = "us-east-1"
tags   = {}

datasets_dir  = "../datasets"
datasets_file = "../dist/datasets.json"
zip_path      = "../dist/lambda.zip"

memory_mb            = 512
timeout_s            = 900
reserved_concurrency = -1
maximum_concurrency  = 10
max_receive_count    = 10

tracing            = false
log_level          = "info"
log_retention_days = 30

ledger_retention_days   = 90
old_version_days        = 30
results_expiration_days = null
force_destroy           = false
