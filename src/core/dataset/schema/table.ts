import * as z from 'zod';
import { attributeName, choice, flag, MAP, nameSchema, noneOr, text, wholeNumber } from './values.ts';

const units = wholeNumber(1, 40_000);
const EXISTING = "a table's name or ARN";
const KMS = 'the ARN of a KMS key';

const indexSchema = z.strictObject(
  {
    partition_key: attributeName
      .optional()
      .describe("The index's partition key. Of a local index: the table's."),
    sort_key: attributeName.optional().describe("The index's sort key."),
    projection: z
      .union(
        [choice(['all', 'keys_only'], 'a projection'), z.array(attributeName).min(1, 'a list of attributes')],
        'all, keys_only or a list of attributes',
      )
      .default('all')
      .describe('What the index holds: all, keys_only, or a list of attributes.'),
    local: flag.default(false).describe('A local secondary index.'),
  },
  MAP,
);

export const tableSchema = z.strictObject(
  {
    name: nameSchema
      .optional()
      .describe("The table's name. Default: the dataset's. The deployment's name stands before it."),
    partition_key: attributeName.optional().describe('The attribute that is the partition key.'),
    sort_key: attributeName.optional().describe('The attribute that is the sort key.'),
    existing: noneOr(
      z
        .string(EXISTING)
        .regex(/^(arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/)?[a-zA-Z0-9_.-]{3,255}$/, EXISTING),
      EXISTING,
    )
      .default('none')
      .describe(
        'The name or ARN of a table that exists. It is not created; its keys are compared before the first row.',
      ),
    same_as: noneOr(nameSchema, 'the name of a dataset')
      .default('none')
      .describe('The dataset whose table this one uses, too.'),
    indexes: z
      .record(
        z.string().regex(/^[a-zA-Z0-9_.-]{3,255}$/, 'a name of 3 to 255 of a-z, A-Z, 0-9, _, . and -'),
        indexSchema,
        'a map of indexes by name',
      )
      .default({})
      .describe('Secondary indexes, by name.'),
    billing: choice(['provisioned', 'on_demand'], 'a billing mode')
      .default('provisioned')
      .describe('The billing mode.'),
    read_units: units.default(5).describe('Read units a second, for provisioned billing.'),
    write_units: units.default(5).describe('Write units a second, for provisioned billing.'),
    autoscaling: noneOr(
      z.strictObject(
        {
          max_read_units: units.describe('The most read units.'),
          max_write_units: units.describe('The most write units.'),
          target_percent: wholeNumber(20, 90).default(70).describe('The use of the units that is aimed at.'),
        },
        MAP,
      ),
      'a map of fields',
    )
      .default('none')
      .describe('Autoscaling of provisioned units. read_units and write_units are the least.'),
    max_read_units: noneOr(units, 'a whole number from 1 to 40,000')
      .default('none')
      .describe('The most read units a second, for on-demand billing.'),
    max_write_units: noneOr(units, 'a whole number from 1 to 40,000')
      .default('none')
      .describe('The most write units a second, for on-demand billing.'),
    streams: choice(
      ['none', 'keys_only', 'new_image', 'old_image', 'new_and_old_images'],
      'a view of a stream',
    )
      .default('none')
      .describe("What the table's stream shows."),
    class: choice(['standard', 'infrequent_access'], 'a table class')
      .default('standard')
      .describe('The table class.'),
    ttl_attribute: noneOr(attributeName, 'the name of an attribute')
      .default('none')
      .describe('The attribute with the time to live, in epoch seconds. An attribute with ttl: sets it.'),
    point_in_time_recovery: flag.default(true).describe('Point-in-time recovery.'),
    deletion_protection: flag.default(false).describe('Deletion protection.'),
    kms: noneOr(text(2048, KMS).regex(/^arn:aws[a-z-]*:kms:/, KMS), KMS)
      .default('none')
      .describe('The ARN of the KMS key. none: the key that AWS manages.'),
    tags: z
      .record(
        z.string().min(1, 'the name of a tag').max(128, 'the name of a tag'),
        z.string('a text').max(256, 'a text of at most 256 characters'),
        'a map of tags',
      )
      .default({})
      .describe("The table's tags."),
  },
  MAP,
);

export type TableDocument = z.infer<typeof tableSchema>;
