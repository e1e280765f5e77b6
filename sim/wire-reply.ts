import type { HoldReason, Operation, TableWriter, WriteOutcome } from '../src/core/ports.ts';
import type { CapacityMode } from './capacity.ts';
import type { Attributes } from './item.ts';
import { operationOf } from './operation.ts';
import { INCOMPARABLE } from './write-model.ts';

/** DynamoDB's answer to a write; status 0: no answer, and the effect is unknown. */
export type WireReply = { readonly status: number; readonly body: object };

/** A request for BatchWriteItem, PutItem, UpdateItem or DeleteItem, as DynamoDB's API names it. */
export type WireWrite = { readonly action: string; readonly body: Readonly<Record<string, unknown>> };

type BatchEntry = {
  readonly PutRequest?: { readonly Item: Attributes };
  readonly DeleteRequest?: { readonly Key: Attributes };
};

/** The name of the action in the header `x-amz-target`. */
export function actionOf(target: string | undefined): string {
  return (target ?? '').replace(/^DynamoDB_20120810\./, '');
}

/** Carries out a write of one table and returns DynamoDB's answer. `readStored`: the item with the operation's key. */
export async function wireReply(
  table: TableWriter,
  tableName: string,
  { action, body }: WireWrite,
  kind: CapacityMode['kind'],
  readStored: (attributes: Attributes) => Attributes | null,
): Promise<WireReply> {
  if (tableOf(body) !== tableName) {
    return errorReply('ResourceNotFoundException', { message: 'Requested resource not found' });
  }
  if (action === 'BatchWriteItem') {
    const entries = (body['RequestItems'] as Record<string, BatchEntry[]>)[tableName]!;
    const outcome = await table.write(entries.map(entryOperation));
    return batchReply(outcome, entries, tableName, kind);
  }
  const operation = itemOperation(action, body);
  const outcome = await table.write([operation]);
  return itemReply(outcome, readStored(keyOf(action, body)), kind);
}

function tableOf(body: WireWrite['body']): unknown {
  return body['TableName'] ?? Object.keys((body['RequestItems'] as object | undefined) ?? {})[0];
}

function keyOf(action: string, body: WireWrite['body']): Attributes {
  return (action === 'PutItem' ? body['Item'] : body['Key']) as Attributes;
}

function entryOperation({ PutRequest, DeleteRequest }: BatchEntry): Operation {
  if (PutRequest !== undefined) return operationOf(PutRequest.Item, 0);
  const key = DeleteRequest!.Key;
  return operationOf(key, Object.keys(key).length, { kind: 'delete', newerBy: null });
}

/** The operation that a request of the adapter stands for. Throws if it is not one that the adapter writes. */
function itemOperation(action: string, body: WireWrite['body']): Operation {
  const names = (body['ExpressionAttributeNames'] ?? {}) as Record<string, string>;
  const values = (body['ExpressionAttributeValues'] ?? {}) as Attributes;
  const newerBy = names['#newer'] ?? null;
  const condition = body['ConditionExpression'];
  if (newerBy !== null && condition !== 'attribute_not_exists(#newer) OR #newer <= :newer') unknown();
  const item = keyOf(action, body);
  const keyCount = Object.keys(item).length;
  if (action === 'PutItem') {
    if (newerBy === null && condition !== 'attribute_not_exists(#key)') unknown();
    return operationOf(item, 1, { kind: newerBy === null ? 'insert' : 'put', newerBy });
  }
  if (action === 'DeleteItem') {
    if (newerBy === null) unknown();
    return operationOf({ ...item, [newerBy]: values[':newer'] }, keyCount, { kind: 'delete', newerBy });
  }
  if (action !== 'UpdateItem') unknown();
  const expression = (body['UpdateExpression'] ?? '') as string;
  const [, sets = '', removes = ''] = /^(?:SET (.*?))?(?: ?REMOVE (.*))?$/.exec(expression) ?? unknown();
  const attributes: Attributes = { ...item };
  const absent: string[] = [];
  for (const set of sets === '' ? [] : sets.split(/,(?=#)(?![^(]*\))/)) {
    const [, place, isDefault, value] = /^(#\w+)=(if_not_exists\(\1,)?(:\w+)\)?$/.exec(set) ?? unknown();
    attributes[names[place!]!] = values[value!]!;
    if (isDefault !== undefined) absent.push(names[place!]!);
  }
  const remove = removes === '' ? [] : removes.split(',').map((place) => names[place]!);
  return operationOf({ ...attributes, '': { remove, absent } }, keyCount, { kind: 'merge', newerBy });

  function unknown(): never {
    throw new Error(`The adapter does not write such a request: ${action} ${JSON.stringify(body)}`);
  }
}

function batchReply(
  outcome: WriteOutcome,
  entries: readonly BatchEntry[],
  tableName: string,
  kind: CapacityMode['kind'],
): WireReply {
  const { held, reason, units, refused } = outcome;
  if (refused !== undefined) return errorReply('ValidationException', { message: refused[0]!.reason });
  if (reason === 'unavailable') return { status: 0, body: {} };
  if (held.length === entries.length && reason !== null) return errorReply(...throttle(reason, kind));
  const unprocessed = held.map((index) => entries[index]!);
  return {
    status: 200,
    body: {
      UnprocessedItems: unprocessed.length === 0 ? {} : { [tableName]: unprocessed },
      ConsumedCapacity: [{ TableName: tableName, CapacityUnits: units }],
    },
  };
}

function itemReply(
  { reason, units, refused, kept }: WriteOutcome,
  stored: Attributes | null,
  kind: CapacityMode['kind'],
): WireReply {
  if (reason === 'unavailable') return { status: 0, body: {} };
  if (reason !== null) return errorReply(...throttle(reason, kind));
  const isOtherType = refused?.[0]?.reason.endsWith(INCOMPARABLE) === true;
  if (refused !== undefined && !isOtherType) {
    return errorReply('ValidationException', { message: refused[0]!.reason });
  }
  if (kept !== undefined || isOtherType) {
    return errorReply('ConditionalCheckFailedException', {
      message: 'The conditional request failed',
      Item: stored,
    });
  }
  return { status: 200, body: { ConsumedCapacity: { TableName: 'sim', CapacityUnits: units } } };
}

export function errorReply(code: string, fields: object): WireReply {
  return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${code}`, ...fields } };
}

/** "ThrottlingReason" (Amazon DynamoDB API Reference): the exception is the mode's, the reason says what was exceeded. */
function throttle(reason: HoldReason, kind: CapacityMode['kind']): [string, object] {
  const exceeded = {
    'table-capacity': 'TableWriteProvisionedThroughputExceeded',
    'index-capacity': 'IndexWriteProvisionedThroughputExceeded',
    'key-range': 'TableWriteKeyRangeThroughputExceeded',
    'account-limit': 'TableWriteAccountLimitExceeded',
    'on-demand-limit': 'TableWriteMaxOnDemandThroughputExceeded',
    throttled: 'TableWriteProvisionedThroughputExceeded',
    unavailable: 'TableWriteProvisionedThroughputExceeded',
  }[reason];
  const reasons = [{ reason: exceeded, resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/sim' }];
  return kind === 'on-demand'
    ? [
        'ThrottlingException',
        { message: 'Throughput exceeds the current capacity', throttlingReasons: reasons },
      ]
    : [
        'ProvisionedThroughputExceededException',
        {
          message: 'The level of configured provisioned throughput was exceeded',
          ThrottlingReasons: reasons,
        },
      ];
}
