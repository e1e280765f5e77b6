# The datasets as `npm run build` resolves them: src/core/dataset/ holds every rule and every default.
locals {
  resolved = jsondecode(file(var.datasets_file))

  # Documents that are not the ones which were resolved: the plan fails by the output `datasets`.
  documents = {
    for document in fileset(var.datasets_dir, "*.{yaml,yml}") :
    document => filesha256("${var.datasets_dir}/${document}")
  }
  stale = sort([
    for document in setunion(keys(local.documents), keys(local.resolved.files)) : document
    if lookup(local.documents, document, "") != lookup(local.resolved.files, document, "")
  ])

  datasets = { for dataset in local.resolved.datasets : dataset.name => dataset }
}
