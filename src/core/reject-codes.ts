import type { CodeEntry } from './error-codes.ts';

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
    meaning: 'A field is not valid UTF-8.',
    remedy: 'Save the file as UTF-8, not as Latin-1 or Windows-1252.',
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
    meaning: 'A cell of a column declared as `boolean` is none of true, false, yes, no, t, f, y, n, 1, 0.',
    remedy: 'Fix it, or declare the column as `string`.',
  },
  'refused-by-table': {
    meaning:
      "DynamoDB rejected the item; the reason is DynamoDB's message. For example the key of an index is empty or of another type.",
    remedy: 'Fix the row as the reason says.',
  },
} as const satisfies Record<string, CodeEntry>;
