import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { SluiceError } from '../../core/errors.ts';
import { callError } from '../call-error.ts';

export type Item = Record<string, AttributeValue>;

/** A record's key: partition `pk`, sort `sk`. */
export type RecordKey = { readonly pk: { readonly S: string }; readonly sk: { readonly S: string } };

/** Either changed, with the item as it is now (or as it was before, if asked for); or refused by the condition, with the item as it stood (null: no such item). */
export type Change =
  | { readonly changed: true; readonly item: Item }
  | { readonly changed: false; readonly item: Item | null };

/** A DynamoDB table of small records, each written conditionally and read consistently. Names in expressions begin with `#`. */
export type DynamoRecords = {
  get(key: RecordKey): Promise<Item | null>;
  /** Puts the item if no item has its key, and returns whether it did. */
  add(item: Item): Promise<boolean>;
  /** Changes a record that exists and meets the condition. */
  change(
    key: RecordKey,
    terms: { update: string; condition: string; values: Item; answer?: 'before' },
  ): Promise<Change>;
  /** Of an index the read is eventually consistent: DynamoDB knows no other. */
  query(terms: {
    index?: string;
    condition: string;
    values: Item;
    limit?: number;
    descending?: boolean;
    /** The key, in table and index, of the item behind which it begins. */
    after?: Item;
  }): Promise<readonly Item[]>;
};

/** All methods throw `ledger-missing`, or what `callError` makes of a call that failed; other errors of the SDK as they are. */
export function dynamoRecords({ client, table }: { client: DynamoDBClient; table: string }): DynamoRecords {
  return { get, add, change, query };

  async function get(key: RecordKey): Promise<Item | null> {
    const { Item } = await guarded('dynamodb:GetItem', () =>
      client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true })),
    );
    return Item ?? null;
  }

  async function add(item: Item): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: table,
      Item: item,
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': 'pk' },
    });
    try {
      await guarded('dynamodb:PutItem', () => client.send(command));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async function change(
    key: RecordKey,
    {
      update,
      condition,
      values,
      answer,
    }: { update: string; condition: string; values: Item; answer?: 'before' },
  ): Promise<Change> {
    const conditions = `attribute_exists(#pk) AND ${condition}`;
    const command = new UpdateItemCommand({
      TableName: table,
      Key: key,
      UpdateExpression: update,
      ConditionExpression: conditions,
      ExpressionAttributeNames: namesIn(`${update} ${conditions}`),
      ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
      ReturnValues: answer === 'before' ? 'ALL_OLD' : 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const { Attributes } = await guarded('dynamodb:UpdateItem', () => client.send(command));
      return { changed: true, item: Attributes ?? {} };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // The refusal contains the item, unless there is none, or the engine (dynalite) does not know the option.
      return { changed: false, item: error.Item ?? (await get(key)) };
    }
  }

  async function query(terms: {
    index?: string;
    condition: string;
    values: Item;
    limit?: number;
    descending?: boolean;
    after?: Item;
  }): Promise<readonly Item[]> {
    const items: Item[] = [];
    const limit = terms.limit ?? Number.POSITIVE_INFINITY;
    let from = terms.after;
    while (items.length < limit) {
      const missing = limit - items.length;
      const command = new QueryCommand({
        TableName: table,
        KeyConditionExpression: terms.condition,
        ExpressionAttributeNames: namesIn(terms.condition),
        ExpressionAttributeValues: terms.values,
        ScanIndexForward: terms.descending !== true,
        ...(terms.index === undefined ? { ConsistentRead: true } : { IndexName: terms.index }),
        ...(Number.isFinite(missing) ? { Limit: missing } : {}),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      });
      const page = await guarded('dynamodb:Query', () => client.send(command));
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
      if (from === undefined) break;
    }
    return items;
  }

  async function guarded<T>(action: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw error;
      if (error instanceof ResourceNotFoundException) {
        throw new SluiceError(
          'ledger-missing',
          `The ledger table '${table}' does not exist in this region and account. Deploy Sluice (terraform apply), or name the table in SLUICE_LEDGER_TABLE.`,
          { data: { table }, cause: error },
        );
      }
      throw callError(error, { action, resource: `table/${table}` }) ?? error;
    }
  }
}

/** Every attribute goes by a placeholder, so that no name can be one of DynamoDB's 570 reserved words. */
function namesIn(expression: string): Record<string, string> {
  return Object.fromEntries((expression.match(/#\w+/g) ?? []).map((name) => [name, name.slice(1)]));
}

/** `#a = :a, #b = :b`, for a SET. */
export function setting(attributes: Item): string {
  return Object.keys(attributes)
    .map((name) => `#${name} = :${name}`)
    .join(', ');
}

/** `:a` for each attribute `a`, with its value. */
export function valuesOf(attributes: Item): Item {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value]));
}

/** `REMOVE #a, #b`; empty without names, for DynamoDB refuses an empty clause. */
export function removing(names: readonly string[]): string {
  return names.length === 0 ? '' : `REMOVE ${names.map((name) => `#${name}`).join(', ')}`;
}
