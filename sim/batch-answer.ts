import type { HoldReason, TableWriter } from '../src/core/ports.ts';
import type { CapacityMode } from './capacity.ts';
import { operationOf } from './operation.ts';

/** DynamoDB's answer to BatchWriteItem; status 0: no answer, and the effect is unknown. */
export type BatchReply = { readonly status: number; readonly body: object };

export type BatchPut = { readonly PutRequest: { readonly Item: object } };

/** Carries out the puts of one table and returns DynamoDB's answer. */
export async function batchReply(
  table: TableWriter,
  tableName: string,
  puts: readonly BatchPut[],
  kind: CapacityMode['kind'],
): Promise<BatchReply> {
  const outcome = await table.write(puts.map((put) => operationOf(put.PutRequest.Item, 0)));
  if (outcome.kind === 'refused') return errorReply('ValidationException', { message: outcome.reason });
  const { held, reason, units } = outcome;
  if (reason === 'unavailable') return { status: 0, body: {} };
  if (held.length === puts.length && reason !== null) return errorReply(...throttle(reason, kind));
  const unprocessed = held.map((index) => puts[index]!);
  return {
    status: 200,
    body: {
      UnprocessedItems: unprocessed.length === 0 ? {} : { [tableName]: unprocessed },
      ConsumedCapacity: [{ TableName: tableName, CapacityUnits: units }],
    },
  };
}

export function errorReply(code: string, fields: object): BatchReply {
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
