locals {
  # The function gets them as they are written, and fills in defaults itself.
  documents = {
    for file in fileset(var.datasets_dir, "*.yaml") :
    trimsuffix(file, ".yaml") => yamldecode(file("${var.datasets_dir}/${file}"))
  }
  document = jsonencode(local.documents)

  # What Terraform needs of them, with the defaults of src/core/dataset.ts.
  described = {
    for name, document in local.documents : name => {
      prefix                 = try(document.source.prefix, "")
      suffix                 = try(document.source.suffix, ".csv")
      table                  = try(document.table.name, name)
      partition_key          = try(document.table.partition_key, "")
      partition_key_type     = try(document.columns[document.table.partition_key].type, "string")
      sort_key               = try(document.table.sort_key, null)
      sort_key_type          = try(document.columns[document.table.sort_key].type, "string")
      billing                = try(document.table.billing, "provisioned")
      read_units             = try(document.table.read_units, 5)
      write_units            = try(document.table.write_units, 5)
      ttl_attribute          = try(document.table.ttl_attribute, null)
      point_in_time_recovery = try(document.table.point_in_time_recovery, true)
      deletion_protection    = try(document.table.deletion_protection, false)
    }
  }

  fields = {
    source = ["prefix", "suffix"]
    table = [
      "name", "partition_key", "sort_key", "billing", "read_units", "write_units", "ttl_attribute",
      "point_in_time_recovery", "deletion_protection",
    ]
  }
  key_types = { string = "S", number = "N" }

  # A field's JSON tells its type: what is in quotes is a string, and a string of digits is no number.
  string_json = "^\"[^\"]+\"$"
  units_json  = "^([1-9][0-9]{0,3}|[123][0-9]{4}|40000)$"
  flag_json   = "^(true|false)$"

  # What S3's filters ('Configuring event notifications using object key name filtering') and IAM's resources both take
  # for itself: S3 wants other characters encoded, to IAM some are wildcards.
  key_text = "^[a-zA-Z0-9!_.'()/-]*$"

  checks = {
    for name, dataset in local.described : name => concat(
      [
        {
          passes  = can(regex("^[a-z0-9][a-z0-9-]{0,62}$", name))
          problem = "the file's name must be 1 to 63 of a-z, 0-9 and -, and begin with a letter or digit"
        },
        {
          passes  = can(regex(local.string_json, jsonencode(dataset.prefix)))
          problem = "source.prefix is missing: objects whose key begins with it belong to the dataset"
        },
        {
          passes  = can(regex(local.key_text, dataset.prefix))
          problem = "source.prefix must be of a-z, A-Z, 0-9 and !-_.'()/ only"
        },
        {
          passes  = can(regex(local.key_text, dataset.suffix))
          problem = "source.suffix must be of a-z, A-Z, 0-9 and !-_.'()/ only"
        },
        {
          passes  = can(regex("^[a-z0-9][a-z0-9-]{0,62}$", dataset.table))
          problem = "table.name must be 1 to 63 of a-z, 0-9 and -, and begin with a letter or digit"
        },
        {
          passes  = dataset.table != "ledger"
          problem = "table.name must not be 'ledger': that is the table of the imports"
        },
        {
          passes  = length([for other in values(local.described) : other if other.table == dataset.table]) == 1
          problem = "table.name '${try(tostring(dataset.table), "")}' is another dataset's too: each has a table of its own"
        },
        {
          passes  = can(regex(local.string_json, jsonencode(dataset.partition_key)))
          problem = "table.partition_key is missing: it names the column that tells items apart"
        },
        {
          passes  = dataset.sort_key == null || can(regex(local.string_json, jsonencode(dataset.sort_key)))
          problem = "table.sort_key must be the name of a column"
        },
        {
          passes  = dataset.sort_key != dataset.partition_key
          problem = "table.partition_key and table.sort_key must differ"
        },
        {
          passes  = can(local.key_types[dataset.partition_key_type]) && can(local.key_types[dataset.sort_key_type])
          problem = "a key's column must be of type string or number"
        },
        {
          passes  = try(contains(["provisioned", "on_demand"], dataset.billing), false)
          problem = "table.billing must be provisioned or on_demand, not ${jsonencode(dataset.billing)}"
        },
        {
          passes  = can(regex(local.units_json, jsonencode(dataset.read_units)))
          problem = "table.read_units must be a whole number from 1 to 40,000, not ${jsonencode(dataset.read_units)}"
        },
        {
          passes  = can(regex(local.units_json, jsonencode(dataset.write_units)))
          problem = "table.write_units must be a whole number from 1 to 40,000, not ${jsonencode(dataset.write_units)}"
        },
        {
          passes  = dataset.ttl_attribute == null || can(regex(local.string_json, jsonencode(dataset.ttl_attribute)))
          problem = "table.ttl_attribute must be the name of an attribute"
        },
        {
          passes  = can(regex(local.flag_json, jsonencode(dataset.point_in_time_recovery)))
          problem = "table.point_in_time_recovery must be true or false"
        },
        {
          passes  = can(regex(local.flag_json, jsonencode(dataset.deletion_protection)))
          problem = "table.deletion_protection must be true or false"
        },
      ],
      [
        for part, fields in local.fields : {
          passes  = length(setsubtract(try(keys(local.documents[name][part]), []), fields)) == 0
          problem = "${part} has fields that nobody knows: ${join(", ", setsubtract(try(keys(local.documents[name][part]), []), fields))}"
        }
      ],
    )
  }

  problems = {
    for name, checks in local.checks : name => [for check in checks : check.problem if !check.passes]
  }

  # Only what is sound goes on to the modules; the plan fails by the output `datasets` where anything is not.
  datasets = { for name, dataset in local.described : name => dataset if length(local.problems[name]) == 0 }
}
