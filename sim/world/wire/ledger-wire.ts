import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoLedger } from '../../../src/aws/ledger/dynamo-ledger.ts';
import type { Ledger } from '../../../src/core/ports.ts';
import { ledgerTableDefinition } from '../../../local/tables.ts';
import type { DynamoDbAnswer } from './dynamodb-service.ts';
import type { TableDescription, WireItem } from './dynamodb-store.ts';
import { CLIENT, sdkHandler } from './sdk-handler.ts';

const TABLE = 'ledger';

export const LEDGER_TABLE: TableDescription = { ...ledgerTableDefinition(TABLE), TableName: TABLE };

/** The ledger's real adapter over DynamoDB's JSON protocol. `exchange` brings a request to the service and returns its answer, or throws. */
export function ledgerOverWire(exchange: (target: string, body: string) => Promise<DynamoDbAnswer>): Ledger {
  const client = new DynamoDBClient({
    ...CLIENT,
    requestHandler: sdkHandler(async ({ headers, body }) => {
      const answer = await exchange(headers['x-amz-target'] ?? '', Buffer.from(body).toString());
      return {
        status: answer.status,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: JSON.stringify(answer.body),
      };
    }),
  });
  return dynamoLedger({ client, table: TABLE });
}

export function refusal(type: string, message: string): DynamoDbAnswer {
  return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message } };
}

/** The operation and the kind of record: `UpdateItem chunk`. A query has no kind. */
export function describeRequest(target: string, body: string): string {
  const { Key, Item } = JSON.parse(body) as { Key?: WireItem; Item?: WireItem };
  const { pk, sk } = Key ?? Item ?? {};
  const isObject = pk !== undefined && JSON.stringify(pk).startsWith('{"S":"object#');
  const [, kind = ''] = /^\{"S":"([a-z]+)/.exec(JSON.stringify(sk ?? null)) ?? [];
  return `${target.replace(/.*\./, '')} ${isObject ? 'object' : kind}`.trimEnd();
}

/** The name of an error, or the record's status and checkpoint. */
export function describeAnswer({ status, body }: DynamoDbAnswer): string {
  const { __type, Attributes, Item, Items } = body as {
    __type?: string;
    Attributes?: WireItem;
    Item?: WireItem;
    Items?: readonly WireItem[];
  };
  if (__type !== undefined) return __type.replace(/.*#/, '');
  if (Items !== undefined) return `${Items.length} items`;
  const record = Attributes ?? Item ?? {};
  const shown = SHOWN.flatMap((name) =>
    Object.values(record[name] ?? {}).map((value) => `${name} ${String(value)}`),
  );
  return shown.length > 0 ? shown.join(' ') : String(status);
}

const SHOWN = ['status', 'owner', 'epoch', 'offsetBytes', 'line', 'finished'];
