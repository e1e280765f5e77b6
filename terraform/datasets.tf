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

  # Datasets whose tables the deployment creates. Others use a table that exists, or that of another dataset.
  owned = { for name, dataset in local.datasets : name => dataset if dataset.table.existing == null && dataset.table.same_as == null }

  table_arns = {
    for name, dataset in local.datasets : name => (
      dataset.table.existing == null ? module.table[coalesce(dataset.table.same_as, name)].arn :
      startswith(dataset.table.existing, "arn:") ? dataset.table.existing :
      "arn:${data.aws_partition.this.partition}:dynamodb:${var.region}:${local.account_id}:table/${dataset.table.existing}"
    )
  }

  # How the items of a dataset are written: `put+` is a put with a condition (newer_by). A batch has no conditions, and no updates.
  writes = {
    for name, dataset in local.datasets : name => distinct(flatten([
      for item in dataset.items : [
        for mode in(item.write.op_column == null ? [item.write.mode] : values(item.write.ops)) :
        item.write.newer_by == null ? mode : "${mode}+"
      ]
    ]))
  }
  writes_by_action = {
    BatchWriteItem = ["put", "delete"]
    PutItem        = ["insert", "put+", "insert+"]
    UpdateItem     = ["merge", "merge+"]
    DeleteItem     = ["delete+"]
  }
  table_actions = merge(
    {
      for action, writes in local.writes_by_action : action => toset([
        for name, arn in local.table_arns : arn if length(setintersection(writes, local.writes[name])) > 0
      ])
    },
    # Compared with the dataset before the first row.
    { DescribeTable = toset([for name, arn in local.table_arns : arn if local.datasets[name].table.existing != null]) },
  )
}
