# The resolved datasets, which `npm run build` writes. src/core/dataset/ holds every rule and every default.
locals {
  resolved = jsondecode(file(var.datasets_file))

  # The modules of transforms: paths relative to the documents.
  modules = [for file in keys(local.resolved.files) : file if !endswith(file, ".yaml")]

  # If a document differs from the one that was resolved, the precondition of the output `datasets` fails the plan.
  documents = {
    for document in setunion(fileset(var.datasets_dir, "*.{yaml,yml}"), local.modules) :
    document => filesha256("${var.datasets_dir}/${document}")
    if fileexists("${var.datasets_dir}/${document}")
  }
  stale = sort([
    for document in setunion(keys(local.documents), keys(local.resolved.files)) : document
    if lookup(local.documents, document, "") != lookup(local.resolved.files, document, "")
  ])

  datasets = { for dataset in local.resolved.datasets : dataset.name => dataset }
}
