import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_LEVELS } from '../../../src/core/types/collections/json-value.ts';
import type { CellSpec } from '../../../src/core/types/column-spec.ts';
import { canonicalNumber } from '../../../src/core/types/numbers/canonical-number.ts';
import { type Attribute, cell } from '../../core/types/cell.ts';
import { dynamoDbLocal } from '../../support/dynamodb-local.ts';
import { engineCredentials } from '../../support/engine.ts';

/** What the types write, in AWS's own engine: it takes what we take, keeps it, and refuses what we refuse. */
describe.skipIf(dynamoDbLocal.missing !== null)('values of cells in DynamoDB Local', () => {
  const table = `values-${randomUUID()}`;
  let client: DynamoDBClient;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const engine = await dynamoDbLocal.open();
    client = new DynamoDBClient({ ...engineCredentials, endpoint: engine.endpoint });
    close = () => engine.close();
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName: table });
  });
  afterAll(async () => {
    client?.destroy();
    await close?.();
  });

  test.each<[CellSpec, string]>([
    [{}, 'text'],
    [{ null_values: [] }, ''],
    [{ type: 'number' }, '12345678901234567890123456789012345678'],
    [{ type: 'integer' }, '1e125'],
    [{ type: 'number', divide: 1_000_000 }, '5e-124'],
    [{ type: 'boolean' }, 'yes'],
    [{ type: 'date' }, '2024-03-09'],
    [{ type: 'datetime', store: 'epoch_ms' }, '1969-03-09T00:00:00Z'],
    [{ type: 'json' }, '{"a":[1,true,null,"é\\ud83c\\udf88\\u0000",{},[],""],"b":{"c":{"d":-0.50e2}}}'],
    [{ type: 'list', separator: '|' }, 'a||b'],
    [{ type: 'list', format: ['postgres'] }, '{}'],
    [{ type: 'string_set', separator: '|' }, 'a|b|a'],
    [{ type: 'number_set', separator: '|' }, '1|1.0|2|1e-130'],
    [{ type: 'binary' }, 'aGVsbG8'],
  ])('%j: %s', async (spec, text) => {
    const attribute = cell(spec, text) as Attribute;
    expect(normal(await keep(attribute))).toEqual(normal(attribute));
  });

  test('JSON of as many levels as we take, and no more', async () => {
    for (const [open, end] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (levels: number) => open.repeat(levels - 1) + '1' + end.repeat(levels - 1);
      await keep(cell({ type: 'json' }, nested(MAX_LEVELS)) as Attribute);
      await expect(keep(nestedAttribute(open === '[', MAX_LEVELS + 1))).rejects.toThrow(/[Nn]esting/);
    }
  });

  test('takes the JSON that we take, and refuses the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), async (text) => {
        const value: unknown = JSON.parse(text);
        fc.pre(value !== null);
        const ours = cell({ type: 'json' }, text);
        const theirs = await keep(plainAttribute(value)).catch(() => null);
        expect(Array.isArray(ours) ? null : normal(ours as Attribute)).toEqual(
          theirs === null ? null : normal(theirs),
        );
      }),
      { numRuns: 150 },
    );
  });

  async function keep(attribute: Attribute): Promise<Attribute> {
    const id = randomUUID();
    await client.send(
      new PutItemCommand({ TableName: table, Item: { id: { S: id }, value: withBytes(attribute) } }),
    );
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true }),
    );
    return Item!['value'] as unknown as Attribute;
  }
});

function nestedAttribute(isList: boolean, levels: number): Attribute {
  const inner: Attribute = levels === 1 ? { N: '1' } : nestedAttribute(isList, levels - 1);
  return levels === 1 ? inner : isList ? { L: [inner] } : { M: { a: inner } };
}

function plainAttribute(value: unknown): Attribute {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(plainAttribute) };
  return {
    M: Object.fromEntries(
      Object.entries(value as object).map(([name, part]) => [name, plainAttribute(part)]),
    ),
  };
}

/** The SDK takes bytes where JSON has base64. */
function withBytes(attribute: Attribute): AttributeValue {
  const base64 = attribute['B'];
  return (typeof base64 === 'string'
    ? { B: Buffer.from(base64, 'base64') }
    : attribute) as unknown as AttributeValue;
}

/** Numbers in canonical form, sets in order: DynamoDB keeps neither. */
function normal(attribute: Attribute): unknown {
  const [[tag, value]] = Object.entries(attribute) as [[string, never]];
  switch (tag) {
    case 'N':
      return { N: canonicalNumber(value) };
    case 'NS':
      return { NS: (value as string[]).map(canonicalNumber).toSorted() };
    case 'SS':
      return { SS: (value as string[]).toSorted() };
    case 'B':
      return { B: typeof value === 'string' ? value : Buffer.from(value).toString('base64') };
    case 'L':
      return { L: (value as Attribute[]).map(normal) };
    case 'M':
      return {
        M: Object.fromEntries(
          Object.entries(value as Record<string, Attribute>).map(([name, part]) => [name, normal(part)]),
        ),
      };
    default:
      return { [tag]: value };
  }
}
