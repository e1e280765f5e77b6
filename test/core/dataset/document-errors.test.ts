import { describe, expect, test } from 'vitest';
import * as cel from '@marcbachmann/cel-js';
import { resolveDatasets } from '../../../src/core/dataset/resolve.ts';

const good = 'source: { prefix: people/ }\ntable: { partition_key: id }\n';
const fields =
  'Allowed: source, expect, format, columns, other_columns, where, transform, attributes, items, write, load, table';

/** `text`: the whole document; `more`: what stands behind a good one, whose lines are 1 and 2. */
type Wrong = [what: string, document: { text: string } | { more: string }, ...lines: string[]];

const wrong: Wrong[] = [
  // Fields.
  [
    'a field of the top that is misspelt, whose map is then missing',
    { text: 'source: { prefix: p/ }\ntabel: { partition_key: id }\n' },
    '1:1: table: is missing; it must be a map of fields',
    `2:1: tabel: 'tabel' is not a field; did you mean 'table'? ${fields}`,
  ],
  [
    'a field that is misspelt',
    { more: 'format:\n  delimitter: ";"\n' },
    "4:3: format.delimitter: 'delimitter' is not a field of format; did you mean 'delimiter'?",
  ],
  [
    'a field with another case',
    { more: 'Format: {}\n' },
    `3:1: Format: 'Format' is not a field; did you mean 'format'? ${fields}`,
  ],
  ['a field like no other', { more: 'zebra: 1\n' }, `3:1: zebra: 'zebra' is not a field. ${fields}`],
  [
    'a field in the wrong map',
    { more: 'delimiter: ";"\n' },
    `3:1: delimiter: 'delimiter' is not a field; did you mean 'format.delimiter'? ${fields}`,
  ],
  [
    'a misspelt field in the wrong map',
    { more: 'max_reject: 5\n' },
    `3:1: max_reject: 'max_reject' is not a field; did you mean 'load.max_rejects'? ${fields}`,
  ],
  [
    'the delimiter of pandas',
    { more: 'sep: ";"\n' },
    `3:1: sep: 'sep' is not a field; did you mean 'format.delimiter'? ${fields}`,
  ],
  [
    'the delimiter of pandas in the right map',
    { more: 'format: { sep: ";" }\n' },
    "3:11: format.sep: 'sep' is not a field of format; did you mean 'delimiter'?",
  ],
  [
    'the quote of pandas',
    { more: "format: { quotechar: '\"' }\n" },
    "3:11: format.quotechar: 'quotechar' is not a field of format; did you mean 'quote'?",
  ],
  [
    'the key of SQL',
    { text: 'source: { prefix: p/ }\ntable:\n  primary_key: id\n' },
    '2:1: table.partition_key: is missing; it must be a text of 1 to 255 characters',
    `3:3: table.primary_key: 'primary_key' is not a field of table; did you mean 'partition_key'?`,
  ],
  [
    'the keys of the DynamoDB API',
    {
      text: 'source: { prefix: p/ }\ntable: { partition_key: id, hash_key: id, rangeKey: at, capacity: 5 }\n',
    },
    `2:29: table.hash_key: 'hash_key' is not a field of table; did you mean 'partition_key'?`,
    `2:43: table.rangeKey: 'rangeKey' is not a field of table; did you mean 'sort_key'?`,
    `2:57: table.capacity: 'capacity' is not a field of table; did you mean 'write_units'?`,
  ],
  [
    'a field of a column',
    { more: 'columns:\n  age: { typ: number }\n' },
    "4:10: columns.age.typ: 'typ' is not a field of columns.age; did you mean 'type'?",
  ],
  // Words and values.
  [
    'a type of another language',
    { more: 'columns:\n  age:\n    type: int\n' },
    "5:11: columns.age.type: 'int' is not a type; did you mean 'integer'? Allowed: string, number, integer, boolean, date, time, datetime, json, list, string_set, number_set, binary",
  ],
  [
    'a type that is misspelt',
    { more: 'columns: { age: { type: nubmer } }\n' },
    "3:25: columns.age.type: 'nubmer' is not a type; did you mean 'number'? Allowed: string, number, integer, boolean, date, time, datetime, json, list, string_set, number_set, binary",
  ],
  [
    'a type like no other, of a column with a space in its name',
    { more: 'columns: { Order No: { type: geometry } }\n' },
    "3:30: columns.'Order No'.type: 'geometry' is not a type. Allowed: string, number, integer, boolean, date, time, datetime, json, list, string_set, number_set, binary",
  ],
  [
    'a type where the map should be',
    { more: 'columns: { age: nubmer }\n' },
    "3:17: columns.age: 'nubmer' is not a type or a map of fields such as { type: number }; did you mean 'number'?",
  ],
  [
    'a list of columns',
    { more: 'columns: [a, b]\n' },
    '3:10: columns: a list is not a map of columns by name',
  ],
  [
    'a column without a name',
    { more: 'columns: { "": { type: number } }\n' },
    "3:12: columns.'': '' is not the name of a column",
  ],
  [
    'the billing of the AWS API',
    { text: 'source: { prefix: p/ }\ntable: { partition_key: id, billing: PAY_PER_REQUEST }\n' },
    "2:38: table.billing: 'PAY_PER_REQUEST' is not a billing mode; did you mean 'on_demand'? Allowed: provisioned, on_demand",
  ],
  [
    'a delimiter of two characters',
    { more: 'format: { delimiter: "||" }\n' },
    `3:22: format.delimiter: '||' is not one ASCII character; did you mean "|"?`,
  ],
  [
    'a tab that is no tab',
    { more: 'format: { delimiter: \\t }\n' },
    String.raw`3:22: format.delimiter: '\\t' is not one ASCII character; did you mean "\t", in double quotes?`,
  ],
  [
    'a delimiter that is no ASCII',
    { more: 'format: { delimiter: "¦" }\n' },
    "3:22: format.delimiter: '¦' is not one ASCII character",
  ],
  [
    'a yes of YAML 1.1',
    { more: 'format: { trim: yes }\n' },
    "3:17: format.trim: 'yes' is not true or false; did you mean true, without quotes?",
  ],
  [
    'a number in quotes',
    { more: 'load: { chunk_mb: "64" }\n' },
    "3:19: load.chunk_mb: '64' is not a whole number from 1 to 65,536; did you mean 64, without quotes?",
  ],
  [
    'a number with thousands',
    { more: 'load: { chunk_mb: 1_000 }\n' },
    "3:19: load.chunk_mb: '1_000' is not a whole number from 1 to 65,536; did you mean 1000, without quotes?",
  ],
  [
    'a number that is too small',
    { more: 'load: { max_parallel: 0 }\n' },
    '3:23: load.max_parallel: 0 is not a whole number from 1 to 100',
  ],
  [
    'a part of a number',
    { more: 'load: { max_rejects: 1.5 }\n' },
    '3:22: load.max_rejects: 1.5 is not a whole number of 0 or more or none',
  ],
  [
    'no number',
    { more: 'load: { max_reject_ratio: .nan }\n' },
    '3:27: load.max_reject_ratio: NaN is not a number from 0 to 1',
  ],
  [
    'a percentage',
    { more: 'load: { max_reject_ratio: 5 }\n' },
    '3:27: load.max_reject_ratio: 5 is not a number from 0 to 1',
  ],
  [
    'a map where a text should be',
    { text: 'source: { prefix: { a: b } }\ntable: { partition_key: id }\n' },
    `1:19: source.prefix: a map is not 1 to 512 of a-z, A-Z, 0-9 and !-_.'()/`,
  ],
  [
    'a field without a value',
    { text: 'source:\n  prefix:\ntable: { partition_key: id }\n' },
    `2:10: source.prefix: has no value; it must be 1 to 512 of a-z, A-Z, 0-9 and !-_.'()/`,
  ],
  [
    'a wildcard in the prefix',
    { text: 'source: { prefix: "p*/" }\ntable: { partition_key: id }\n' },
    `1:19: source.prefix: 'p*/' is not 1 to 512 of a-z, A-Z, 0-9 and !-_.'()/`,
  ],
  [
    'a name that no table can have',
    { text: 'source: { prefix: p/ }\ntable: { partition_key: id, name: My Table }\n' },
    "2:35: table.name: 'My Table' is not a name of 1 to 63 of a-z, 0-9 and -, that begins with a letter or digit",
  ],
  // What does not fit together.
  [
    'the quote as the delimiter',
    { more: `format: { delimiter: '"', escape: \\ }\n` },
    `3:1: format.quote: '"' is also the delimiter; they must differ`,
  ],
  [
    'a boolean key',
    { more: 'columns: { id: { type: boolean } }\n' },
    "3:24: columns.id.type: 'boolean' is not a type of a key, and 'id' is one. Allowed: string, number, binary and dates",
  ],
  [
    'one column for both keys',
    { text: 'source: { prefix: p/ }\ntable: { partition_key: id, sort_key: id }\n' },
    "2:39: table.sort_key: 'id' is also the partition key; they must differ",
  ],
  // YAML.
  ['nothing', { text: '' }, '1:1: is empty; a dataset needs at least source.prefix and table.partition_key'],
  [
    'comments only',
    { text: '# later\n' },
    '1:1: is empty; a dataset needs at least source.prefix and table.partition_key',
  ],
  ['a list', { text: '- a\n' }, '1:1: a list is not a map of fields'],
  ['a text', { text: 'people\n' }, "1:1: 'people' is not a map of fields"],
  [
    'a name twice',
    { more: 'columns:\n  age: { type: number }\n  age: { type: string }\n' },
    "5:3: columns.age: 'age' occurs twice in the same map; remove one of them",
  ],
  [
    'an anchor and its alias',
    { more: 'columns:\n  a: &n { type: number }\n  b: *n\n' },
    "4:9: columns.a: '&n' is an anchor, which datasets do not use; remove it",
    "5:6: columns.b: '*n' is an alias, which datasets do not use; write the value out",
  ],
  [
    'a tag',
    { more: 'load: { chunk_mb: !!int "3" }\n' },
    "3:25: load.chunk_mb: 'tag:yaml.org,2002:int' is a tag, which datasets do not use; remove it",
  ],
  [
    'a map as a name',
    { more: '? { a: 1 }\n: 2\n' },
    '3:3: a name is a text, not a list, map, anchor, alias or tag',
  ],
  [
    'the name of every prototype',
    { more: 'columns: { __proto__: { type: number } }\n' },
    "3:12: columns.__proto__: '__proto__' cannot be a name",
  ],
  [
    'a tab as indentation',
    { more: 'format:\n\ttrim: true\n' },
    '4:1: a tab indents this line; YAML allows spaces only',
  ],
  [
    'wrong indentation',
    { more: 'columns:\n    a: { type: number }\n   b: { type: number }\n' },
    '5:1: the indentation is not right, or a bracket is not closed',
  ],
  [
    'a value with a colon',
    { text: 'source: prefix: p/\n' },
    '1:9: a value contains ": " or continues on the next line; put it in quotes, or check the indentation',
  ],
  [
    'a quote that is not closed',
    { more: 'format: { quote: "\n' },
    '4:1: a quote, bracket or comma is missing before this',
  ],
  [
    'a second document',
    { more: '---\nsource: { prefix: b/ }\n' },
    '3:1: a second document begins here (---); a file holds one dataset',
  ],
  [
    'a directive',
    { text: `%YAML 1.1\n---\n${good}` },
    '1:1: has a %YAML directive, which changes what words mean; remove it',
  ],
  ['too many brackets', { text: `a: ${'['.repeat(100_000)}` }, '1:36: more than 32 brackets are open here'],
  [
    'too long a text',
    { text: `# ${'x'.repeat(300_000)}` },
    '1:1: is too long: 300002 characters, of at most 200000',
  ],
  // Names of other tools, words, and what does not fit together.
  [
    'the null words of pandas',
    { more: 'format: { na_values: [NA] }\n' },
    "3:11: format.na_values: 'na_values' is not a field of format; did you mean 'null_values'?",
  ],
  [
    'the skipped rows of pandas, at the top',
    { more: 'skiprows: 3\n' },
    `3:1: skiprows: 'skiprows' is not a field; did you mean 'format.skip_lines'? ${fields}`,
  ],
  [
    'the thousands of Polars',
    { more: 'format: { thousands_sep: "." }\n' },
    "3:11: format.thousands_sep: 'thousands_sep' is not a field of format; did you mean 'thousands'?",
  ],
  [
    'the types of pandas',
    { more: 'dtype: { age: number }\n' },
    `3:1: dtype: 'dtype' is not a field; did you mean 'columns'? ${fields}`,
  ],
  [
    'the header of Snowflake',
    { more: 'format: { skip_header: 1 }\n' },
    "3:11: format.skip_header: 'skip_header' is not a field of format; did you mean 'skip_lines'?",
  ],
  [
    'the date format of Snowflake',
    { more: 'format: { timestamp_format: iso }\n' },
    "3:11: format.timestamp_format: 'timestamp_format' is not a field of format; did you mean 'datetime_format'?",
  ],
  [
    'the order of an earlier version',
    { more: 'load: { ordered: false }\n' },
    "3:9: load.ordered: 'ordered' is not a field of load; did you mean 'rows'? Allowed: rows, files, chunk_mb, max_parallel, max_rejects, max_reject_ratio",
  ],
  [
    'the null rule of SQL in a column',
    { more: 'columns: { age: { type: number, required: true } }\n' },
    "3:33: columns.age.required: 'required' is not a field of columns.age; did you mean 'not_null'?",
  ],
  [
    'a name for a column',
    { more: 'columns: { Age: { rename: age } }\n' },
    "3:19: columns.Age.rename: 'rename' is not a field of columns.Age; did you mean 'as'?",
  ],
  [
    'the null words of DuckDB in a column',
    { more: 'columns: { age: { nullstr: NULL } }\n' },
    "3:19: columns.age.nullstr: 'nullstr' is not a field of columns.age; did you mean 'null_values'?",
  ],
  [
    'the write mode of dbt',
    { more: 'strategy: merge\n' },
    `3:1: strategy: 'strategy' is not a field; did you mean 'write.mode'? ${fields}`,
  ],
  [
    'an unknown field in a list of suffixes',
    { text: 'source: { prefix: p/, suffix: [.csv, { ext: .txt }] }\ntable: { partition_key: id }\n' },
    "1:38: source.suffix.1: a map is not 0 to 64 of a-z, A-Z, 0-9 and !-_.'()/",
  ],
  [
    'a misspelt field of an item',
    { more: 'items: { line: { inclde: [a] } }\n' },
    "3:18: items.line.inclde: 'inclde' is not a field of items.line; did you mean 'include'? Allowed: where, include, exclude, attributes, write",
  ],
  [
    'a misspelt field of an index',
    {
      text: 'source: { prefix: p/ }\ntable:\n  partition_key: id\n  indexes:\n    by_user: { partiton_key: user }\n',
    },
    "5:16: table.indexes.by_user.partiton_key: 'partiton_key' is not a field of table.indexes.by_user; did you mean 'partition_key'? Allowed: partition_key, sort_key, projection, local",
  ],
  [
    'a misspelt field in skip_footer',
    { more: 'format: { skip_footer: { form: Total } }\n' },
    '3:11: format.skip_footer.from: is missing; it must be a text of 1 to 255 characters',
    "3:26: format.skip_footer.form: 'form' is not a field of format.skip_footer; did you mean 'from'? Allowed: from, max",
  ],
  [
    'a mode of another tool',
    { more: 'write: { mode: upsert }\n' },
    "3:16: write.mode: 'upsert' is not a write mode; did you mean 'merge'? Allowed: put, insert, merge, delete",
  ],
  [
    'a mode in ops that is misspelt',
    { more: 'write: { op_column: Op, ops: { I: put, D: deleet } }\n' },
    "3:43: write.ops.D: 'deleet' is not a write mode; did you mean 'delete'? Allowed: put, insert, merge, delete",
  ],
  [
    'a rule for nulls of another tool',
    { more: 'format: { on_null: error }\n' },
    "3:20: format.on_null: 'error' is not a rule for nulls; did you mean 'reject'? Allowed: omit, store, reject, remove",
  ],
  [
    'a rule for other columns',
    { more: 'other_columns: ignore\n' },
    "3:16: other_columns: 'ignore' is not keep, drop, reject or a map such as { collect: extras }; did you mean 'drop'? Allowed: keep, drop, reject",
  ],
  [
    'a line end of another name',
    { more: 'format: { line_end: windows }\n' },
    "3:21: format.line_end: 'windows' is not a line end; did you mean 'crlf'? Allowed: any, lf, crlf, cr",
  ],
  [
    'a type in a shorthand',
    { more: 'columns:\n  total: decimal\n' },
    "4:10: columns.total: 'decimal' is not a type or a map of fields such as { type: number }; did you mean 'number'?",
  ],
  [
    'a letter case',
    { more: 'columns: { c: { case: uppercase } }\n' },
    "3:23: columns.c.case: 'uppercase' is not a letter case; did you mean 'upper'? Allowed: upper, lower",
  ],
  [
    'a delimiter in words',
    { more: 'format: { delimiter: semicolon }\n' },
    '3:22: format.delimiter: \'semicolon\' is not one ASCII character; did you mean ";"?',
  ],
  [
    'an encoding that is misspelt',
    { more: 'format: { encoding: windows-1253x }\n' },
    "3:21: format.encoding: 'windows-1253x' is not an encoding; did you mean 'windows-1252'?",
  ],
  [
    'an encoding of Excel',
    { more: 'format: { encoding: ANSI }\n' },
    "3:21: format.encoding: 'ANSI' is not an encoding; did you mean 'windows-1252'?",
  ],
  [
    'an encoding of Python',
    { more: 'format: { encoding: utf_8_sig }\n' },
    "3:21: format.encoding: 'utf_8_sig' is not an encoding; did you mean 'utf-8'?",
  ],
  [
    'a time without a unit',
    { more: 'expect: { every: 24 }\n' },
    "3:18: expect.every: '24' is not a time such as 24h or 90d (s, m, h, d)",
  ],
  [
    'a time zone that does not exist',
    { more: 'format: { time_zone: Europe/Berln }\n' },
    "3:22: format.time_zone: 'Europe/Berln' is not a time zone such as Europe/Berlin, UTC or local; did you mean 'Europe/Berlin'?",
  ],
  [
    'a projection',
    {
      text: 'source: { prefix: p/ }\ntable:\n  partition_key: id\n  indexes: { by_user: { partition_key: user, projection: some } }\n',
    },
    "4:58: table.indexes.by_user.projection: 'some' is not all, keys_only or a list of attributes. Allowed: all, keys_only",
  ],
  [
    'a power of ten',
    { more: 'columns: { a: { type: number, divide: 50 } }\n' },
    '3:39: columns.a.divide: 50 is not a power of ten from 10 to 1,000,000,000,000',
  ],
  [
    'a table that is no name and no ARN',
    { text: 'source: { prefix: p/ }\ntable: { partition_key: id, existing: "my table" }\n' },
    "2:39: table.existing: 'my table' is not a table's name or ARN",
  ],
  [
    'a list of names that is a text',
    { more: 'format: { header: 0, names: "a,b" }\n' },
    "3:29: format.names: 'a,b' is not a list of names or none",
  ],
  [
    'a map of attributes that is a list',
    { more: 'attributes: [a]\n' },
    '3:13: attributes: a list is not a map of attributes by name',
  ],
  [
    'a number of lines below zero',
    { more: 'format: { skip_lines: -1 }\n' },
    '3:23: format.skip_lines: -1 is not a whole number from 0 to 1,000',
  ],
  [
    'a collect without a name',
    { more: 'other_columns: { collect: }\n' },
    '3:27: other_columns.collect: has no value; it must be a text of 1 to 255 characters',
  ],
  [
    'no header and no names',
    { more: 'format: { header: 0 }\n' },
    '3:19: format.header: files without a header need names: a list of names',
  ],
  [
    'names beside a header',
    { more: 'format: { names: [id, b] }\n' },
    '3:18: format.names: names stand for a header: set header: 0, and skip_lines: 1 if files have a header that is not to be used',
  ],
  [
    'a name twice in names',
    { more: 'format: { header: 0, names: [id, a, a] }\n' },
    "3:29: format.names: 'a' occurs twice",
  ],
  [
    'a blank name that is rejected',
    { more: 'format: { header: 0, names: [id, ""] }\n' },
    '3:29: format.names: a name is blank; set blank_names: drop, or give it a name',
  ],
  [
    'skipped lines until a header that does not exist',
    { more: 'format: { header: 0, names: [id], skip_lines: { until: Date } }\n' },
    '3:47: format.skip_lines: until is the begin of the header, and header is 0; give the number of lines',
  ],
  [
    'the decimal mark as the mark of thousands',
    { more: 'format: { decimal: ",", thousands: [".", ","] }\n' },
    "3:36: format.thousands: ',' is also the decimal mark; they must differ",
  ],
  [
    'a word for true and false',
    { more: 'format: { true_values: [ja, x], false_values: [nein, X] }\n' },
    "3:47: format.false_values: 'X' is also in true_values",
  ],
  [
    'a comment of two lines',
    { more: 'format: { comment: "a\\nb" }\n' },
    "3:20: format.comment: 'a\\nb' contains a line end; lines are compared one by one",
  ],
  [
    'a repair without quotes',
    { more: 'format: { quote: none, stray_quotes: repair }\n' },
    "3:38: format.stray_quotes: 'repair' needs quotes, and quote is none",
  ],
  [
    'a backslash as the delimiter of a file with backslash escapes',
    { more: 'format: { delimiter: \\, backslash_escapes: true }\n' },
    "3:22: format.delimiter: '\\\\' is the escape character of backslash_escapes; they must differ",
  ],
  [
    'two names of one column in headers',
    { more: 'columns: { Order No: string, "Order  No": string }\n' },
    "3:30: columns.'Order  No': 'Order  No' is also a name of the column 'Order No'",
  ],
  [
    'names that differ in case only',
    { more: 'format: { match_names: ignore_case }\ncolumns: { Id: string, ID: string }\n' },
    "4:24: columns.ID: 'ID' is also a name of the column 'Id'",
  ],
  [
    'an alias that is another column',
    { more: 'columns: { a: { aliases: [b] }, b: string }\n' },
    "3:33: columns.b: 'b' is also a name of the column 'a'",
  ],
  [
    'two columns for one attribute',
    { more: 'columns: { A: { as: x }, B: { as: x } }\n' },
    "3:35: columns.B.as: 'x' is also the attribute of the column 'A'; give one of them another name with as",
  ],
  [
    'an attribute inside another',
    { more: 'columns: { A: { as: address }, B: { as: address.zip } }\n' },
    "3:41: columns.B.as: 'address.zip' would be inside 'address', the attribute of the column 'A'",
  ],
  [
    'an attribute around another',
    { more: 'columns: { B: { as: address.zip }, A: { as: address } }\n' },
    "3:45: columns.A.as: 'address' would hold 'address.zip', the attribute of the column 'B'",
  ],
  [
    'an empty part of a name',
    { more: 'columns: { A: { as: address..zip } }\n' },
    "3:21: columns.A.as: 'address..zip' has an empty part; a dot nests: address.street",
  ],
  [
    'a computed attribute with the name of a column',
    { more: 'columns: { total: number }\nattributes: { total: "${a}" }\n' },
    "4:15: attributes.total: 'total' is also the attribute of the column 'total'; give one of them another name with as",
  ],
  [
    'a map of other columns with the name of a column',
    { more: 'columns: { extras: string }\nother_columns: { collect: extras }\n' },
    "4:27: other_columns.collect: 'extras' is also the attribute of the column 'extras'; give one of them another name with as",
    "2:25: table.partition_key: 'id' is neither a column nor an attribute",
  ],
  [
    'not_null and another rule',
    { more: 'columns: { a: { not_null: true, on_null: store } }\n' },
    "3:42: columns.a.on_null: not_null rejects nulls, and on_null is 'store'; remove one of them",
  ],
  [
    'a default for nulls that are rejected',
    { more: 'columns: { a: { default: x, on_null: reject } }\n' },
    '3:26: columns.a.default: a default replaces nulls, and on_null rejects them; remove one of them',
  ],
  [
    'a removal without a merge',
    { more: 'columns: { a: { on_null: remove } }\n' },
    "3:26: columns.a.on_null: 'remove' is for merges, and nothing here is merged; use omit",
  ],
  [
    'an attribute of nothing',
    { more: 'attributes: { a: { type: number } }\n' },
    '3:18: attributes.a: needs value: a template, or ttl: a date',
  ],
  [
    'an attribute that refers to itself',
    { more: 'attributes: { a: "x${a}" }\n' },
    "3:18: attributes.a: 'a' refers to itself",
  ],
  [
    'attributes that refer to each other',
    { more: 'attributes:\n  a: "${b}"\n  b: "${c}"\n  c: "${a | upper}"\n' },
    "4:6: attributes.a: 'a' and 'b' refer to each other in a circle",
    "5:6: attributes.b: 'b' and 'c' refer to each other in a circle",
  ],
  [
    'a value and a ttl',
    { more: 'attributes: { a: { value: x, ttl: at, after: 90d } }\n' },
    '3:35: attributes.a.ttl: an attribute has a value or a ttl; remove one of them',
  ],
  [
    'a ttl after too long a time',
    { more: 'attributes: { a: { ttl: at, after: 90 days } }\n' },
    "3:36: attributes.a.after: '90 days' is not a time such as 24h or 90d (s, m, h, d)",
  ],
  [
    'a ttl of a boolean',
    { more: 'columns: { ok: boolean }\nattributes: { a: { ttl: ok, after: 90d } }\n' },
    "4:25: attributes.a.ttl: 'ok' is a boolean; a time to live counts from a date, a datetime, or a number of seconds",
  ],
  [
    'a ttl of an unknown attribute',
    {
      more: 'columns: { id: string, placed: number }\nother_columns: drop\nattributes: { a: { ttl: palced, after: 90d } }\n',
    },
    "5:25: attributes.a.ttl: 'palced' is neither a column nor an attribute; did you mean 'placed'?",
  ],
  [
    'two attributes with the time to live',
    {
      text: 'source: { prefix: p/ }\nattributes: { a: { ttl: at, after: 90d } }\ntable: { partition_key: id, ttl_attribute: b }\n',
    },
    "3:44: table.ttl_attribute: a table has one attribute with the time to live, and 'a' and 'b' are such",
  ],
  [
    'an unknown name in include',
    {
      more: 'columns: { id: string, name: string }\nother_columns: drop\nitems: { a: { include: [nmae] } }\n',
    },
    "5:24: items.a.include: 'nmae' is neither a column nor an attribute; did you mean 'name'?",
  ],
  [
    'the name of a column that has another attribute',
    { more: 'columns: { Name: { as: name } }\nitems: { a: { exclude: Name } }\n' },
    "4:24: items.a.exclude: 'Name' is the name of a column in the file; its attribute is 'name'",
  ],
  [
    'a name in include and exclude',
    { more: 'items: { a: { include: [x], exclude: [x] } }\n' },
    "3:38: items.a.exclude: 'x' is also in include; remove one of them",
  ],
  [
    'an item without the key',
    {
      text: 'source: { prefix: p/ }\ncolumns: { id: string }\nother_columns: drop\nitems: { a: { attributes: { sk: A } }, b: {} }\ntable: { partition_key: id, sort_key: sk }\n',
    },
    "5:39: table.sort_key: the item 'b' has no key: 'sk' is neither a column nor an attribute",
  ],
  [
    'a key that is excluded',
    { more: 'items: { a: { exclude: [id] } }\n' },
    "3:24: items.a.exclude: 'id' is in the table's key, which each item needs",
  ],
  [
    'a column of modes without modes',
    { more: 'write: { op_column: Op }\n' },
    '3:21: write.op_column: needs ops: the modes by its values, such as { I: put, D: delete }',
  ],
  [
    'modes without a column',
    { more: 'write: { ops: { I: put } }\n' },
    '3:15: write.ops: needs op_column: the column whose values they are',
  ],
  [
    'a mode beside a column of modes',
    { more: 'write: { mode: put, op_column: Op, ops: { I: put } }\n' },
    '3:16: write.mode: op_column decides the mode of each row; remove one of them',
  ],
  [
    'newer_by with insert',
    { more: 'write: { mode: insert, newer_by: at }\n' },
    '3:34: write.newer_by: an insert never replaces an item, so that nothing is compared; use put or merge',
  ],
  [
    'newer_by with an insert among the modes',
    { more: 'write: { op_column: Op, ops: { I: insert, D: delete }, newer_by: at }\n' },
    '3:66: write.newer_by: an insert never replaces an item, so that nothing is compared; use put or merge',
  ],
  [
    'newer_by the key',
    { more: 'write: { newer_by: id }\n' },
    "3:20: write.newer_by: 'id' is in the table's key: it is equal in both items",
  ],
  [
    'newer_by a boolean',
    { more: 'columns: { ok: boolean }\nwrite: { newer_by: ok }\n' },
    "4:20: write.newer_by: 'ok' is a boolean, which has no order. Allowed: numbers, dates and strings",
  ],
  [
    'newer_by an unknown attribute',
    {
      more: 'columns: { id: string, updated_at: string }\nother_columns: drop\nwrite: { newer_by: updatedat }\n',
    },
    "5:20: write.newer_by: 'updatedat' is neither a column nor an attribute; did you mean 'updated_at'?",
  ],
  [
    'an unknown column of modes',
    { more: 'columns: { id: string }\nother_columns: drop\nwrite: { op_column: Op, ops: { I: put } }\n' },
    "5:21: write.op_column: 'Op' is neither a column nor an attribute",
  ],
  [
    'a key that is no column and no attribute',
    {
      text: 'source: { prefix: p/ }\ncolumns: { user_id: string }\nother_columns: drop\ntable: { partition_key: userid }\n',
    },
    "4:25: table.partition_key: 'userid' is neither a column nor an attribute; did you mean 'user_id'?",
  ],
  [
    'a key by the name in the header',
    { text: 'source: { prefix: p/ }\ncolumns: { Id: { as: id } }\ntable: { partition_key: Id }\n' },
    "3:25: table.partition_key: 'Id' is the name of a column in the file; its attribute is 'id'",
  ],
  [
    'a key that names lacks',
    {
      text: 'source: { prefix: p/ }\nformat: { header: 0, names: [uid, a] }\ntable: { partition_key: id }\n',
    },
    "3:25: table.partition_key: 'id' is neither a column nor an attribute; did you mean 'uid'?",
  ],
  [
    'a key that is dropped',
    { text: 'source: { prefix: p/ }\ncolumns: { id: drop }\ntable: { partition_key: id }\n' },
    "3:25: table.partition_key: 'id' is dropped; a key must be stored",
  ],
  [
    'a key that is boolean in a shorthand',
    { text: 'source: { prefix: p/ }\ncolumns:\n  id: boolean\ntable: { partition_key: id }\n' },
    "3:7: columns.id.type: 'boolean' is not a type of a key, and 'id' is one. Allowed: string, number, binary and dates",
  ],
  [
    'keys of items that differ in type',
    {
      text: 'source: { prefix: p/ }\ncolumns: { n: number }\nitems:\n  a: { attributes: { sk: A } }\n  b: { attributes: { sk: "${n}" } }\ntable: { partition_key: id, sort_key: sk }\n',
    },
    "4:26: items.a.attributes.sk: 'sk' is a string here, and a number in the table's key",
  ],
  [
    'an existing table with another name',
    { text: 'source: { prefix: p/ }\ntable: { partition_key: id, existing: my-table, name: other }\n' },
    '2:55: table.name: existing names the table; remove one of them',
  ],
  [
    'autoscaling on demand',
    {
      text: 'source: { prefix: p/ }\ntable: { partition_key: id, billing: on_demand, autoscaling: { max_read_units: 5, max_write_units: 50 } }\n',
    },
    '2:62: table.autoscaling: is for provisioned billing, and billing is on_demand; use max_write_units',
  ],
  [
    'a limit of on-demand billing for provisioned units',
    { text: 'source: { prefix: p/ }\ntable: { partition_key: id, max_write_units: 50 }\n' },
    '2:46: table.max_write_units: is for on-demand billing, and billing is provisioned; use autoscaling',
  ],
  [
    'autoscaling below its least',
    {
      text: 'source: { prefix: p/ }\ntable: { partition_key: id, write_units: 100, autoscaling: { max_read_units: 5, max_write_units: 50 } }\n',
    },
    '2:98: table.autoscaling.max_write_units: 50 is less than write_units (100), the least of autoscaling',
  ],
  [
    'an index without a key',
    {
      text: 'source: { prefix: p/ }\ntable: { partition_key: id, indexes: { by_user: { sort_key: at } } }\n',
    },
    '2:40: table.indexes.by_user.partition_key: is missing; it must be the name of an attribute',
  ],
  [
    'a local index of a table without a sort key',
    {
      text: 'source: { prefix: p/ }\ntable: { partition_key: id, indexes: { by_at: { sort_key: at, local: true } } }\n',
    },
    '2:70: table.indexes.by_at.local: needs a table with a sort key',
  ],
  [
    'an index of a boolean',
    {
      text: 'source: { prefix: p/ }\ncolumns: { ok: boolean }\ntable: { partition_key: id, indexes: { by_ok: { partition_key: ok } } }\n',
    },
    "3:64: table.indexes.by_ok.partition_key: 'ok' is a boolean, which is not a type of a key. Allowed: string, number, binary and dates",
  ],
  [
    'a shared table with a key of its own',
    { text: 'source: { prefix: p/ }\ntable: { same_as: other, partition_key: id }\n' },
    "2:41: table.partition_key: same_as stands alone: the table is that of 'other'",
  ],
  [
    'a shared table of no dataset',
    { text: 'source: { prefix: p/ }\ntable: { same_as: poeple }\n' },
    "2:19: table.same_as: 'poeple' is not a dataset",
  ],
  [
    'a shared table of itself',
    { text: 'source: { prefix: p/ }\ntable: { same_as: people }\n' },
    "2:19: table.same_as: 'people' is this dataset; give it a table of its own, or name another dataset",
  ],
  [
    'a path of transform that is a list',
    { more: 'transform: [a.ts]\n' },
    '3:12: transform: a list is not the path of a TypeScript file',
  ],
  // Conditions and templates.
  [
    'a template that refers to nothing that exists',
    { more: 'columns: { id: string, total: number }\nother_columns: drop\nattributes: { a: "x#${totl}" }\n' },
    "5:23: attributes.a: refers to 'totl', which is no attribute; did you mean 'total'?",
  ],
  [
    'a template with an unknown filter',
    { more: 'attributes: { a: "${id | uper}" }\n' },
    "3:26: attributes.a: has an unknown filter 'uper'. Filters: upper, lower, trim, pad, date, default, slice, hash, encode; did you mean 'upper'?",
  ],
  [
    'a filter without its argument',
    { more: 'attributes: { a: "${id | pad}" }\n' },
    '3:26: attributes.a: has the filter pad, which needs a width from 1 to 1024',
  ],
  [
    'a filter with an argument that it does not take',
    { more: 'attributes: { a: "${id | upper:3}" }\n' },
    '3:26: attributes.a: has the filter upper, which takes no argument',
  ],
  [
    'a template that is not closed',
    { more: 'attributes: { a: "x${id" }\n' },
    '3:20: attributes.a: is never closed: a } is missing',
  ],
  [
    'a template with an unknown fact',
    { more: 'attributes: { a: "${$lines}" }\n' },
    "3:21: attributes.a: refers to '$lines'. Allowed: $file, $line, $import, $imported_at, $row_hash",
  ],
  [
    'a template with the name in the header',
    { more: 'columns: { Order No: { as: order_no } }\nattributes: { a: "${Order No}" }\n' },
    "4:18: attributes.a: refers to 'Order No', the name of a column in the file; its attribute is 'order_no'",
  ],
  [
    'a part of a number in a template',
    { more: 'columns: { total: number }\nattributes: { a: "${total.cents}" }\n' },
    "4:21: attributes.a: refers to 'total.cents', but 'total' has no parts; did you mean 'total'?",
  ],
  [
    'an empty reference',
    { more: 'attributes: { a: "${}" }\n' },
    '3:21: attributes.a: refers to nothing: a name is missing in ${}',
  ],
  [
    'a condition that is not closed',
    { more: 'where: "(a == 1"\n' },
    "3:16: where: is not valid: ')' is missing at the end",
  ],
  [
    'a condition with an unknown function',
    { more: 'where: "lenght(status) > 3"\n' },
    "3:8: where: is not valid: found no matching overload for 'lenght(string)'; did you mean 'size'?",
  ],
  [
    'a condition with a name that does not exist',
    { more: 'columns: { id: string, status: string }\nother_columns: drop\nwhere: "statsu == \'open\'"\n' },
    "5:8: where: refers to 'statsu', which is no attribute; did you mean 'status'?",
  ],
  [
    'a condition that compares a number with a text',
    { more: 'columns: { total: number }\nwhere: "total > \'5\'"\n' },
    '4:8: where: is not valid: no such overload: Number > string',
  ],
  [
    'a condition that is no condition',
    { more: 'columns: { total: number }\nwhere: "total"\n' },
    '4:8: where: is a number, neither true nor false',
  ],
  [
    'a condition of SQL',
    { more: 'where: "status = \'open\'"\n' },
    "3:16: where: is not valid: '=' cannot stand here; did you mean '=='?",
  ],
  [
    'a condition of an item',
    { more: 'columns: { id: string }\nother_columns: drop\nitems: { a: { where: "nme != null" } }\n' },
    "5:22: items.a.where: refers to 'nme', which is no attribute",
  ],
  [
    'a pattern in a condition',
    { more: 'where: "status.matches(\'(\')"\n' },
    '3:24: where: has a pattern that is not valid: a ( without its )',
  ],
  // Types and their options.
  [
    'a date format of Python',
    { more: 'columns: { d: { type: date, format: "%d.%m.%Y" } }\n' },
    "3:37: columns.d.format: '%d.%m.%Y': '%' is no token. Allowed: yyyy yy M MM MMM MMMM d dd H HH h hh m mm s ss a z X XX XXX x xx xxx S…SSSSSSSSS, and other letters in single quotes; did you mean 'dd.MM.yyyy'?",
  ],
  [
    'a date format of Python for all dates',
    { more: 'format: { date_format: "%Y-%m-%d" }\n' },
    "3:24: format.date_format: '%Y-%m-%d': '%' is no token. Allowed: yyyy yy M MM MMM MMMM d dd H HH h hh m mm s ss a z X XX XXX x xx xxx S…SSSSSSSSS, and other letters in single quotes; did you mean 'yyyy-MM-dd'?",
  ],
  [
    'a date format of Excel',
    { more: 'columns: { d: { type: date, format: DD.MM.YYYY } }\n' },
    "3:37: columns.d.format: 'DD.MM.YYYY': 'DD' is no token. Allowed: yyyy yy M MM MMM MMMM d dd H HH h hh m mm s ss a z X XX XXX x xx xxx S…SSSSSSSSS, and other letters in single quotes; did you mean 'dd.MM.yyyy'?",
  ],
  [
    'a date format without a year',
    { more: 'columns: { d: { type: date, format: dd.MM. } }\n' },
    "3:37: columns.d.format: 'dd.MM.': a date needs a year, a month and a day",
  ],
  [
    'two date formats that read one text',
    { more: 'columns: { d: { type: date, format: [dd/MM/yyyy, MM/dd/yyyy] } }\n' },
    "3:37: columns.d.format: 'dd/MM/yyyy' and 'MM/dd/yyyy' both read '01/01/1111'; a text must have one meaning",
  ],
  [
    'a datetime without a time zone',
    { more: 'columns: { at: { type: datetime, format: "dd.MM.yyyy HH:mm" } }\n' },
    "3:12: columns.at.time_zone: 'dd.MM.yyyy HH:mm' has no offset from UTC: set it to the zone of the file, for example UTC or Europe/Berlin, or to local",
  ],
  [
    'a local datetime that is stored as seconds',
    { more: 'columns: { at: { type: datetime, time_zone: local, store: epoch_s } }\n' },
    '3:59: columns.at.store: a local time has no epoch_s: set time_zone to the zone of the file',
  ],
  [
    'a time zone of a column',
    { more: 'columns: { at: { type: datetime, time_zone: Berlin } }\n' },
    "3:45: columns.at.time_zone: 'Berlin' is no time zone; use a name such as Europe/Berlin or UTC",
  ],
  [
    'an option of another type',
    { more: 'columns: { n: { type: number, case: upper } }\n' },
    '3:37: columns.n.case: is no option of type number; it has decimal, thousands, negative, divide, multiply, min, max',
  ],
  [
    'a number option of a string',
    { more: 'columns: { n: { divide: 100 } }\n' },
    '3:25: columns.n.divide: is no option of type string; it has case, normalize, length, pattern',
  ],
  [
    'a set without a separator',
    { more: 'columns: { tags: string_set }\n' },
    '3:18: columns.tags.type: a string_set needs separator, or format: json or postgres',
  ],
  [
    'a list of maps',
    { more: 'columns: { l: { type: list, separator: ",", of: json } }\n' },
    '3:49: columns.l.of: json is no type of elements. Allowed: string, number, integer, boolean, date, time, datetime, binary',
  ],
  [
    'a set with two ways to be written',
    { more: 'columns: { l: { type: string_set, separator: ",", format: json } }\n' },
    '3:46: columns.l.separator: format: json has a separator of its own; remove one of them',
  ],
  [
    'a min that is more than max',
    { more: 'columns: { n: { type: number, min: 10, max: 9 } }\n' },
    '3:36: columns.n.min: 10 is more than max, 9',
  ],
  [
    'a min that is no number',
    { more: 'columns: { n: { type: number, min: a } }\n' },
    '3:36: columns.n.min: "a" is not a number',
  ],
  [
    'a default that is not in enum',
    { more: 'columns: { s: { enum: [a, b], default: c } }\n' },
    '3:40: columns.s.default: the value is none of enum: a, b',
  ],
  [
    'an enum with a value of another type',
    { more: 'columns: { n: { type: integer, enum: [1, 2.5] } }\n' },
    '3:38: columns.n.enum: "2.5" is not a whole number',
  ],
  [
    'a default that is no date',
    { more: 'columns: { d: { type: date, default: today } }\n' },
    '3:38: columns.d.default: "today" is not a date (format: iso)',
  ],
  [
    'a pattern that is no pattern',
    { more: 'columns: { s: { pattern: "(a" } }\n' },
    '3:26: columns.s.pattern: a ( without its ) (at character 1)',
  ],
  [
    'a pattern with a look-behind',
    { more: 'columns: { s: { pattern: "(?<=a)b" } }\n' },
    '3:26: columns.s.pattern: no lookaround: patterns are matched in linear time; allowed are ( (?: (?<name> and (?i) at the beginning (at character 1)',
  ],
  [
    'a length whose min is more than its max',
    { more: 'columns: { s: { length: { min: 5, max: 2 } } }\n' },
    '3:25: columns.s.length: min, 5, is more than max, 2',
  ],
  [
    'a type of an attribute with an option of another',
    { more: 'attributes: { a: { value: "${id}", type: number, case: upper } }\n' },
    '3:56: attributes.a.case: is no option of type number; it has decimal, thousands, negative, divide, multiply, min, max',
  ],
  [
    'a store format that a date cannot fill',
    { more: 'columns: { d: { type: date, store: "yyyy-MM-dd HH:mm" } }\n' },
    "3:36: columns.d.store: 'yyyy-MM-dd HH:mm': a date does not have all of its parts",
  ],
  [
    'an index of a set',
    {
      text: 'source: { prefix: p/ }\ncolumns: { tags: { type: string_set, separator: "|" } }\ntable: { partition_key: id, indexes: { by_tag: { partition_key: tags } } }\n',
    },
    "3:65: table.indexes.by_tag.partition_key: 'tags' is a string_set, which is not a type of a key. Allowed: string, number, binary and dates",
  ],
  [
    'newer_by JSON',
    { more: 'columns: { payload: json }\nwrite: { newer_by: payload }\n' },
    "4:20: write.newer_by: 'payload' is a json, which has no order. Allowed: numbers, dates and strings",
  ],
  [
    'a type of SQL',
    { more: 'columns: { at: timestamp }\n' },
    "3:16: columns.at: 'timestamp' is not a type or a map of fields such as { type: number }; did you mean 'datetime'?",
  ],
  [
    'a type of pandas',
    { more: 'columns: { n: int64 }\n' },
    "3:15: columns.n: 'int64' is not a type or a map of fields such as { type: number }; did you mean 'integer'?",
  ],
];

function resolve(text: string, name = 'people') {
  return resolveDatasets([{ path: `datasets/${name}.yaml`, name, text }], { cel });
}

function messageOf(attempt: () => unknown): { code: string; message: string } {
  try {
    attempt();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was refused');
}

describe('a document is refused', () => {
  test.each(wrong)('with %s', (_, document, ...lines) => {
    const { code, message } = messageOf(() =>
      resolve('text' in document ? document.text : good + document.more),
    );
    expect(message.split('\n')).toEqual(lines.map((line) => `datasets/people.yaml:${line}`));
    expect(code).toBe('dataset-invalid');
  });

  test('with a name that no table can have', () => {
    expect(messageOf(() => resolve(good, 'My People')).message).toBe(
      "datasets/My People.yaml:1:1: the file's name without .yaml, 'My People', is not a name of 1 to 63 of a-z, 0-9 and -, that begins with a letter or digit",
    );
  });

  test('without a control character or a long text in the message', () => {
    const { message } = messageOf(() => resolve(`${good}"\\e[31m${'é'.repeat(200)}": 1\n`));
    expect(message).toMatch(/^[\x20-\x7e\u00e9…]+$/);
    expect(message.length).toBeLessThan(300);
  });
});
