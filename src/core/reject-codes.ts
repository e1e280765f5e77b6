import type { CodeEntry } from './code-entry.ts';

/** Every code of a fault that rejects a row. */
export const REJECTS = {
  'too-few-fields': {
    meaning: 'The row has fewer fields than the header.',
    remedy: 'Add the missing fields; check whether an editor has broken a line.',
  },
  'too-many-fields': {
    meaning: 'The row has more fields than the header. Often an unquoted field contains a delimiter.',
    remedy: 'Quote the field.',
  },
  'nul-byte': {
    meaning: 'The row contains a NUL byte.',
    remedy: 'Remove it. If every second byte is NUL, the file is UTF-16: save it as UTF-8.',
  },
  'invalid-utf8': {
    meaning: 'A cell is not valid UTF-8.',
    remedy:
      'Set `format.encoding` to the encoding of the file, for example `windows-1252`, or save the file as UTF-8.',
  },
  'encoding-invalid': {
    meaning: 'A cell has bytes that are no text in `format.encoding`, for example half of a character.',
    remedy: 'Set `format.encoding` to the encoding of the file, or save the file as UTF-8.',
  },
  'blank-row': {
    meaning: 'All cells of the row are empty, and the dataset has `format.blank_rows: reject`.',
    remedy: 'Remove the row, or set `format.blank_rows: skip`.',
  },
  'unclosed-quote': {
    meaning: 'A quote is opened in the last row, and is not closed.',
    remedy: 'Close it.',
  },
  'text-after-quote': {
    meaning: 'Text follows a closing quote before the next delimiter.',
    remedy: 'Double the quotes inside the field, or quote all of it.',
  },
  'stray-escape': {
    meaning:
      'In quotes, an escape character other than the quote precedes a character that needs none. CSV readers interpret this differently.',
    remedy:
      'Double it if it is a plain character, or remove it; or set `format.escape` to the character that the file uses.',
  },
  'stray-quote': {
    meaning:
      'A field that does not begin with a quote contains one. RFC 4180 forbids it: often the opening quote is missing, and cells are split at the wrong places.',
    remedy:
      'Quote the field and double the quotes inside it. If quotes in this file are plain characters (inch marks, JSON), set `format.stray_quotes: literal`.',
  },
  'field-too-large': {
    meaning: 'One field is over the 400 KB that an item may have.',
    remedy: 'Remove the column, or shorten it.',
  },
  'item-too-large': {
    meaning: 'The item is over 400 KB, including the names of its attributes.',
    remedy: 'Remove columns, or shorten them.',
  },
  'key-empty': {
    meaning: 'The partition key or sort key is empty, which DynamoDB does not accept.',
    remedy: 'Fill it in.',
  },
  'key-too-large': {
    meaning: 'The partition key is over 2,048 bytes, or the sort key over 1,024.',
    remedy: 'Shorten it, or choose another key.',
  },
  'number-invalid': {
    meaning: 'A cell of a column declared as `number` is not a number.',
    remedy: 'Fix it, or declare the column as `string`.',
  },
  'number-out-of-range': {
    meaning: 'The number has more than 38 digits, or its magnitude is over 9.99…E+125 or under 1E-130.',
    remedy: 'Declare the column as `string`.',
  },
  'boolean-invalid': {
    meaning: 'A cell of a column declared as `boolean` is none of its words for true and false.',
    remedy: 'Fix it, or declare the column as `string`.',
  },
  'key-type': {
    meaning: "A value of the table's key is not of the key's type.",
    remedy: 'Fix the row, or declare the column with the type of the key.',
  },
  'key-part-ambiguous': {
    meaning:
      'A part of a key contains the text that follows it in the template. Rows that differ could then have the same key.',
    remedy: 'Fix the row, use the filter `encode`, or another text between the parts.',
  },
  'index-key-invalid': {
    meaning:
      'An attribute that is a key of an index is empty, of another type, or too long. DynamoDB refuses the whole item.',
    remedy: 'Fix the row. Without the attribute, the item is not in the index.',
  },
  'template-part-invalid': {
    meaning:
      'A part of a template has no text (a list, set or map), or a filter cannot be applied to it: `pad` to a longer or negative value.',
    remedy: 'Fix the row, or the template.',
  },
  'where-failed': {
    meaning:
      'A condition (`where`) has no answer for the row, for example because it compares a null with a number.',
    remedy: 'Test the value with `!= null` first, or fix the row.',
  },
  'transform-failed': {
    meaning: '`transform` threw an exception, or returned what is no row.',
    remedy: 'Fix the row, or the module.',
  },
  'op-unknown': {
    meaning: 'The column that chooses the write mode (`op_column`) has a value that `ops` does not list.',
    remedy: 'Fix the row, or add the value to `ops`.',
  },
  'newer-by-missing': {
    meaning: 'The row has no value for the attribute that `newer_by` compares.',
    remedy: 'Fill it in.',
  },
  'too-many-items': {
    meaning: 'The row makes over 100 items.',
    remedy: 'Return fewer rows from `transform`.',
  },
  'duplicate-items': {
    meaning: 'Two items of the row have the same key.',
    remedy: "Fix the row, or the items' keys in the dataset.",
  },
  'integer-invalid': {
    meaning: 'A cell of a column declared as `integer` is a number with a fraction.',
    remedy: 'Fix it, or declare the column as `number`.',
  },
  'date-invalid': {
    meaning: 'A cell of a column declared as `date` is in none of its formats, or there is no such day.',
    remedy: 'Fix it, or set `format` to the format that the file uses, for example `dd.MM.yyyy`.',
  },
  'time-invalid': {
    meaning: 'A cell of a column declared as `time` is in none of its formats, or there is no such time.',
    remedy: 'Fix it, or set `format`. Times of 24:00:00 and later need `max`.',
  },
  'datetime-invalid': {
    meaning: 'A cell of a column declared as `datetime` is in none of its formats, or there is no such time.',
    remedy: 'Fix it, or set `format` to the format that the file uses, for example `dd.MM.yyyy HH:mm`.',
  },
  'datetime-without-zone': {
    meaning: 'A datetime has no offset from UTC, and its column no `time_zone`.',
    remedy:
      'Set `time_zone`, for example to `UTC` or `Europe/Berlin`, or to `local` to keep the time as it is.',
  },
  'datetime-ambiguous': {
    meaning:
      'The clocks of the time zone show this time twice, or never: they are set back or forward in that night.',
    remedy: 'Write the time with its offset from UTC.',
  },
  'json-invalid': {
    meaning: 'A cell of JSON is not JSON, names a key twice, or has more levels than DynamoDB stores.',
    remedy: 'Fix it, or declare the column as `string`.',
  },
  'list-invalid': {
    meaning: 'A cell of a list or set is not written as its `format` says, or an element is not of its type.',
    remedy: 'Fix it, or check `separator`, `format` and `of`.',
  },
  'binary-invalid': {
    meaning: 'A cell of a column declared as `binary` is not base64, or not hex with `encoding: hex`.',
    remedy: 'Fix it, or check `encoding`.',
  },
  'null-value': {
    meaning: 'A cell is empty or a null word, and its column has `not_null: true` or `on_null: reject`.',
    remedy: 'Fill it in, or give the column a `default`.',
  },
  'below-min': {
    meaning: 'The value is less than `min` of its column.',
    remedy: 'Fix it, or change `min`.',
  },
  'above-max': {
    meaning: 'The value is more than `max` of its column.',
    remedy: 'Fix it, or change `max`.',
  },
  'length-invalid': {
    meaning: 'The value is shorter or longer than `length` of its column allows.',
    remedy: 'Fix it, or change `length`.',
  },
  'pattern-mismatch': {
    meaning: 'The value does not match `pattern` of its column.',
    remedy: 'Fix it, or change `pattern`.',
  },
  'not-in-enum': {
    meaning: 'The value is none of those in `enum` of its column.',
    remedy: 'Fix it, or add it to `enum`.',
  },
  'refused-by-table': {
    meaning:
      "DynamoDB rejected the item; the reason is DynamoDB's message. For example the key of an index is empty or of another type.",
    remedy: 'Fix the row as the reason says.',
  },
} as const satisfies Record<string, CodeEntry>;
