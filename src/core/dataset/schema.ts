import * as z from 'zod';
import { COLUMN_TYPE_NAMES } from '../types/column-types.ts';

/*
 * The shape of `datasets/NAME.yaml`. Unknown fields are errors; every default stands here. The error text of each schema says
 * what must stand there, as a noun: messages are made of it (problem.ts).
 */

const NAME = 'a name of 1 to 63 of a-z, 0-9 and -, that begins with a letter or digit';
const MAP = 'a map of fields';

/** Of a dataset and of its table. */
export const nameSchema = z.string(NAME).regex(/^[a-z0-9][a-z0-9-]{0,62}$/, NAME);

/**
 * Part of an object's key. S3's filters ('Configuring event notifications using object key name filtering') want other characters
 * encoded.
 */
function keyPart(least: number, most: number) {
  const what = `${least} to ${most} of a-z, A-Z, 0-9 and !-_.'()/`;
  return z.string(what).regex(new RegExp(`^[a-zA-Z0-9!_.'()/-]{${least},${most}}$`), what);
}

function text(most: number) {
  const what = `a text of 1 to ${most} characters`;
  return z.string(what).min(1, what).max(most, what);
}

function wholeNumber(least: number, most: number) {
  const what = `a whole number from ${least} to ${most.toLocaleString('en')}`;
  return z.int(what).min(least, what).max(most, what);
}

const count = z.int('a whole number of 0 or more').min(0, 'a whole number of 0 or more');

const oneByte = z.string('one ASCII character').regex(/^[\t\x20-\x7e]$/, 'one ASCII character');
const flag = z.boolean('true or false');
const units = wholeNumber(1, 40_000);
const share = 'a number from 0 to 1';

const columnType = z.enum(COLUMN_TYPE_NAMES, 'a type');

export const schema = z.strictObject(
  {
    source: z.strictObject(
      {
        /** Objects whose key begins with this belong to the dataset. */
        prefix: keyPart(1, 512),
        /** … and ends with this. */
        suffix: keyPart(0, 64).default('.csv'),
      },
      MAP,
    ),
    format: z
      .strictObject(
        {
          delimiter: oneByte.default(','),
          quote: oneByte.default('"'),
          /** The character that makes a quote inside a quoted field literal: the quote itself (doubled), or another such as a backslash. */
          escape: oneByte.default('"'),
          /** Spaces and tabs around a cell, outside of its quotes, don't belong to it. */
          trim: flag.default(false),
          /** A quote inside a cell that does not begin with one: RFC 4180 forbids it, and often a quote before it is missing. */
          stray_quotes: z.enum(['reject', 'literal'], 'a way to read them').default('reject'),
        },
        MAP,
      )
      .prefault({}),
    /** Columns by the name in the file's header. What is not declared is a string. */
    columns: z
      .record(
        z.string().min(1, 'the name of a column'),
        z.strictObject(
          {
            type: columnType.default('string'),
            /** The header may lack it. A file that lacks any other declared column fails. Left out of a resolved document: it is short of room. */
            optional: flag.optional(),
          },
          'a map of fields such as { type: number }',
        ),
        'a map of columns by name',
      )
      .default({}),
    load: z
      .strictObject(
        {
          /**
           * A later row of a key wins over an earlier one of the same file. Only a dataset that says `false` (keys don't repeat within
           * a file, or it does not matter which row wins) has its large files cut: two chunks written at once keep no order.
           */
          ordered: flag.default(true),
          /** Files over this size are cut into chunks of about this size, in megabytes of 1,048,576 bytes. */
          chunk_mb: wholeNumber(1, 65_536).default(256),
          /** Chunks of a file that are loaded at the same time. */
          max_parallel: wholeNumber(1, 100).default(4),
          /** An import with more rejects than this fails. */
          max_rejects: count.optional(),
          /** An import fails in which more than this share of the rows (0 to 1) is rejected: from 1,000 rows on, and at its end from 20. */
          max_reject_ratio: z.number(share).min(0, share).max(1, share).default(0.5),
        },
        MAP,
      )
      .prefault({}),
    table: z.strictObject(
      {
        /** The dataset's name where it is not given; the deployment's name stands before it. */
        name: nameSchema.optional(),
        partition_key: text(255),
        sort_key: text(255).optional(),
        billing: z.enum(['provisioned', 'on_demand'], 'a billing mode').default('provisioned'),
        /** Units a second, for provisioned billing. */
        read_units: units.default(5),
        write_units: units.default(5),
        /** The attribute that holds the time to live, in epoch seconds. */
        ttl_attribute: text(255).optional(),
        point_in_time_recovery: flag.default(true),
        deletion_protection: flag.default(false),
      },
      MAP,
    ),
  },
  MAP,
);

export type DatasetDocument = z.infer<typeof schema>;
