import * as z from 'zod';
import { attributeSchema, columnSchema } from './columns.ts';
import { formatSchema } from './format.ts';
import { tableSchema } from './table.ts';
import {
  attributeName,
  choice,
  count,
  duration,
  flag,
  keyPart,
  MAP,
  noneOr,
  oneOrMany,
  text,
  wholeNumber,
} from './values.ts';

/* The shape of `datasets/NAME.yaml`. Unknown fields are errors; every default stands in these schemas. */

const MODES = ['put', 'insert', 'merge', 'delete'] as const;
const mode = choice(MODES, 'a write mode');
const share = 'a number from 0 to 1';
const suffix = keyPart(0, 64);
const condition = text(4096, 'a condition').describe(
  'A CEL expression. Rows for which it is false are skipped.',
);
const attributes = z
  .record(attributeName, attributeSchema, 'a map of attributes by name')
  .default({})
  .describe('Computed attributes, by name.');

const writeSchema = z.strictObject(
  {
    mode: mode
      .optional()
      .describe(
        'How items are written: put replaces, insert keeps what exists, merge sets attributes, delete deletes. Default: put.',
      ),
    op_column: noneOr(attributeName, 'the name of a column')
      .optional()
      .describe('The column whose value decides the mode of each row.'),
    ops: z
      .record(z.string(), mode, 'a map of modes such as { I: put, U: merge, D: delete }')
      .optional()
      .describe('The modes by the values of op_column. Other values reject their row.'),
    newer_by: noneOr(attributeName, 'the name of an attribute')
      .optional()
      .describe('An item replaces only what is older or equal by this attribute.'),
  },
  MAP,
);

const itemSchema = z.strictObject(
  {
    where: condition.optional().describe('A CEL expression. The row makes the item only if it is true.'),
    include: oneOrMany(attributeName, 'a name', 10_000)
      .optional()
      .describe('The only attributes of the row that the item gets.'),
    exclude: oneOrMany(attributeName, 'a name', 10_000)
      .optional()
      .describe('Attributes of the row that the item does not get.'),
    attributes,
    write: writeSchema.optional().describe("How the item is written. What is not given is the dataset's."),
  },
  MAP,
);

export const schema = z.strictObject(
  {
    source: z
      .strictObject(
        {
          prefix: keyPart(1, 512).describe('Objects whose key begins with this belong to the dataset.'),
          suffix: oneOrMany(suffix, "0 to 64 of a-z, A-Z, 0-9 and !-_.'()/", 20)
            .default('.csv')
            .describe('… and ends with this, or with one of these.'),
          ignore_case: flag.default(false).describe('The letter case of the suffix does not count.'),
        },
        MAP,
      )
      .describe('The objects of the dataset.'),
    expect: noneOr(
      z.strictObject({ every: duration.describe('An alarm is raised if no file arrives for so long.') }, MAP),
      'a map such as { every: 24h }',
    )
      .default('none')
      .describe('When files are expected.'),
    format: formatSchema.prefault({}).describe('How the bytes of a file become cells.'),
    columns: z
      .record(
        z.string().min(1, 'the name of a column').max(1024, 'the name of a column'),
        columnSchema,
        'a map of columns by name',
      )
      .default({})
      .describe('Columns, by the name in the header. A column that is not declared is a string.'),
    other_columns: z
      .union(
        [
          choice(['keep', 'drop', 'reject'], 'a rule'),
          z.strictObject({ collect: attributeName.describe('The map that gets them.') }, MAP),
        ],
        'keep, drop, reject or a map such as { collect: extras }',
      )
      .default('keep')
      .describe(
        'Columns that are not declared: keep them as strings, drop them, reject the file, or collect them in one map.',
      ),
    where: condition.optional(),
    transform: text(1024, 'the path of a TypeScript file')
      .optional()
      .describe('A module whose default export changes each row. Relative to this document.'),
    attributes,
    items: z
      .record(attributeName, itemSchema, 'a map of items by name')
      .default({})
      .describe('The items that a row makes. Default: one, with everything.'),
    write: writeSchema.prefault({}).describe('How items are written.'),
    load: z
      .strictObject(
        {
          rows: choice(['in_order', 'parallel'], 'an order')
            .default('in_order')
            .describe('in_order: the last row of a key wins. parallel: large files are cut into chunks.'),
          files: choice(['in_order', 'parallel'], 'an order')
            .default('parallel')
            .describe('in_order: files are loaded one after another, in order of arrival.'),
          chunk_mb: wholeNumber(1, 65_536)
            .default(256)
            .describe('Files over this size are cut, in megabytes of 1,048,576 bytes.'),
          max_parallel: wholeNumber(1, 100)
            .default(4)
            .describe('Chunks of a file that are loaded at the same time.'),
          max_rejects: noneOr(count, 'a whole number of 0 or more')
            .default('none')
            .describe('An import with more rejected rows fails.'),
          max_reject_ratio: z
            .number(share)
            .min(0, share)
            .max(1, share)
            .default(0.5)
            .describe(
              'An import in which a larger share of the rows is rejected fails: from 1,000 rows on, and at its end from 20.',
            ),
        },
        MAP,
      )
      .prefault({})
      .describe('How files are loaded.'),
    table: tableSchema.describe('The table of the items.'),
  },
  MAP,
);

export type DatasetDocument = z.infer<typeof schema>;
export type ItemDocument = z.infer<typeof itemSchema>;
export type WriteDocument = z.infer<typeof writeSchema>;
export type Mode = (typeof MODES)[number];
