import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import type { HoldReason, ItemText, Table } from '../src/core/ports.ts';
import { wallClock } from '../src/aws/wall-clock.ts';
import { capacity, type CapacityOptions } from './capacity.ts';
import type { KeySchema } from './item.ts';
import { network, type NetworkOptions } from './network.ts';
import { seededRandom } from './random.ts';
import { simTable } from './table.ts';

export type SimServerOptions = {
  readonly seed: number;
  readonly tableName: string;
  readonly keys: KeySchema;
  readonly capacity: Omit<CapacityOptions, 'startMs' | 'account'>;
  readonly network?: Omit<NetworkOptions, 'random'>;
};

export type SimServer = { readonly endpoint: string; close(): void };

type Batch = { RequestItems: Record<string, { PutRequest: { Item: unknown } }[]> };

const encoder = new TextEncoder();

/** BatchWriteItem of one table over HTTP, on the real clock, in a process of its own. Resolves once it listens, on 127.0.0.1. */
export async function startSimServer(options: SimServerOptions): Promise<SimServer> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [port] = (await once(child, 'message')) as [number];
  return { endpoint: `http://127.0.0.1:${port}`, close: () => void child.kill() };
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send !== undefined) {
  serve(JSON.parse(process.argv[2]!) as SimServerOptions);
}

function serve(options: SimServerOptions): void {
  const clock = wallClock();
  const random = seededRandom(options.seed);
  const table = simTable({
    clock,
    keys: options.keys,
    capacity: capacity({ ...options.capacity, startMs: clock.now() }),
    network: network({ ...options.network, random }),
  });
  const { kind } = options.capacity.mode;
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit());

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { RequestItems } = (await readJson(request)) as Batch;
    const puts = RequestItems[options.tableName];
    if (puts === undefined) {
      send(response, 400, { __type: 'ResourceNotFoundException', message: 'Requested resource not found' });
      return;
    }
    const { status, body } = await batchAnswer(table, options.tableName, puts, kind);
    if (status === 0) response.destroy();
    else send(response, status, body);
  }
}

async function batchAnswer(
  table: Table,
  tableName: string,
  puts: readonly { PutRequest: { Item: unknown } }[],
  kind: CapacityOptions['mode']['kind'],
): Promise<{ status: number; body: object }> {
  const outcome = await table.write(puts.map((put) => itemText(put.PutRequest.Item)));
  if (outcome.kind === 'refused') return error('ValidationException', { message: outcome.reason });
  const { held, reason, units } = outcome;
  // Nobody answers: what happened is not known.
  if (reason === 'unavailable') return { status: 0, body: {} };
  if (held.length === puts.length && reason !== null) return error(...throttle(reason, kind));
  const unprocessed = held.map((index) => puts[index]!);
  return {
    status: 200,
    body: {
      UnprocessedItems: unprocessed.length === 0 ? {} : { [tableName]: unprocessed },
      ConsumedCapacity: [{ TableName: tableName, CapacityUnits: units }],
    },
  };
}

function itemText(item: unknown): ItemText {
  const bytes = encoder.encode(JSON.stringify(item));
  return { bytes, start: 0, end: bytes.length };
}

/** "ThrottlingReason" (Amazon DynamoDB API Reference): the exception is the mode's, the reason says what was exceeded. */
function throttle(reason: HoldReason, kind: CapacityOptions['mode']['kind']): [string, object] {
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

function error(code: string, fields: object): { status: number; body: object } {
  return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${code}`, ...fields } };
}

function send(response: ServerResponse, status: number, body: object): void {
  const bytes = encoder.encode(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': bytes.length,
    'x-amz-crc32': crc32(bytes),
  });
  response.end(bytes);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString());
}
