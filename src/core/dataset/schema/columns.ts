import * as z from 'zod';
import { COLUMN_TYPE_NAMES } from '../../types/column-types.ts';
import { cellDefaults } from './format.ts';
import { attributeName, choice, duration, flag, MAP, oneOrMany, text, wholeNumber } from './values.ts';

const columnType = choice(COLUMN_TYPE_NAMES, 'a type');
const length = wholeNumber(0, 409_600);
const asWritten = z.string('a text').max(4096, 'a text of at most 4,096 characters');
const power = 'a power of ten from 10 to 1,000,000,000,000';
const powerOfTen = z.number(power).refine((value) => /^10{1,12}$/.test(String(value)), power);
const dateFormat = text(64, 'a format');
const template = z.string('a template').max(4096, 'a template of at most 4,096 characters');

/** The fields of a column, and of an attribute that is read like a cell. */
const cell = {
  type: columnType.optional().describe('The type of the values. Default: string.'),
  trim: cellDefaults.trim.optional(),
  null_values: cellDefaults.null_values.optional(),
  quoted_nulls: cellDefaults.quoted_nulls.optional(),
  on_null: cellDefaults.on_null.optional(),
  decimal: cellDefaults.decimal.optional(),
  thousands: cellDefaults.thousands.optional(),
  true_values: cellDefaults.true_values.optional(),
  false_values: cellDefaults.false_values.optional(),
  format: oneOrMany(dateFormat, 'a format', 10)
    .optional()
    .describe('Of dates and times: how cells are written. Of sets and lists: json or postgres.'),
  time_zone: cellDefaults.time_zone.optional(),
  store: text(64, 'iso, epoch_s, epoch_ms, text or a date format')
    .optional()
    .describe(
      'How dates and times are stored: iso (UTC), epoch_s, epoch_ms, text (as written), or a format.',
    ),
  strip: oneOrMany(text(16), 'a text', 20)
    .optional()
    .describe('Texts that are removed from the begin and the end of a number: currency, percent.'),
  negative: choice(['leading', 'trailing', 'parentheses'], 'a place of the minus')
    .optional()
    .describe('How negative numbers are written: -5, 5- or (5).'),
  divide: powerOfTen.optional().describe('The number is divided by this power of ten, exactly.'),
  multiply: powerOfTen.optional().describe('The number is multiplied by this power of ten, exactly.'),
  case: choice(['upper', 'lower'], 'a letter case')
    .optional()
    .describe('The letter case that a string gets.'),
  normalize: choice(['nfc', 'nfd', 'nfkc', 'nfkd'], 'a Unicode normalization form')
    .optional()
    .describe('The Unicode normalization form that a string gets.'),
  separator: text(8).optional().describe('The text between the elements of a set or list.'),
  of: columnType.optional().describe('The type of the elements of a list.'),
  encoding: choice(['base64', 'hex'], 'an encoding of bytes')
    .optional()
    .describe('How the bytes of a binary are written in the cell.'),
  not_null: flag.optional().describe('A null rejects the row.'),
  default: asWritten.optional().describe('The value for a null, written like a cell.'),
  min: asWritten.optional().describe('The least value, written like a cell.'),
  max: asWritten.optional().describe('The greatest value, written like a cell.'),
  length: z
    .union(
      [
        length,
        z.strictObject(
          {
            min: length.optional().describe('The least number of characters.'),
            max: length.optional().describe('The greatest number of characters.'),
          },
          MAP,
        ),
      ],
      'a number of characters or a map such as { min: 1, max: 10 }',
    )
    .optional()
    .describe('The number of characters of a string: exactly, or { min, max }.'),
  pattern: text(1024).optional().describe('A regular expression that the text must match.'),
  enum: oneOrMany(asWritten, 'a text', 1000)
    .optional()
    .describe('The values that are allowed, written like cells.'),
};

export const columnSchema = z.union(
  [
    choice([...COLUMN_TYPE_NAMES, 'drop'], 'a type'),
    z.strictObject(
      {
        as: attributeName.optional().describe("The attribute's name. A dot nests: address.street."),
        aliases: oneOrMany(text(1024), 'a name', 20)
          .optional()
          .describe('Other names of the column in headers.'),
        drop: flag.optional().describe('The column is not stored. where and templates can use it.'),
        optional: flag
          .optional()
          .describe('The header may lack the column. A file that lacks any other declared column fails.'),
        ...cell,
      },
      'a map of fields such as { type: number }',
    ),
  ],
  'a type or a map of fields such as { type: number }',
);

export const attributeSchema = z.union(
  [
    template,
    z.strictObject(
      {
        value: template.optional().describe('The template. Its text is read like a cell of the type.'),
        ttl: attributeName.optional().describe('The date or datetime that the time to live counts from.'),
        after: duration.optional().describe('How long after it the item expires: 90d.'),
        ...cell,
      },
      'a map of fields such as { value: "${a}", type: number }',
    ),
  ],
  'a template or a map of fields such as { value: "${a}", type: number }',
);

export type ColumnDocument = z.infer<typeof columnSchema>;
export type AttributeDocument = z.infer<typeof attributeSchema>;
