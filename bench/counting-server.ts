import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';

/** An endpoint that takes every BatchWriteItem, PutItem and UpdateItem and only counts, in a process of its own. */
export type CountingServer = {
  readonly endpoint: string;
  /** What came since the start. */
  count(): Promise<Count>;
  close(): void;
};

export type Count = { readonly requests: number; readonly items: number; readonly bodyBytes: number };

export type CountingServerOptions = {
  /** Speak TLS, with the certificate in `test/support/tls`. */
  readonly tls?: boolean;
  /** What each answer waits, in milliseconds. */
  readonly latencyMs?: number;
};

export const CERTIFICATE = read('localhost.crt');

/** Resolves once it listens, on 127.0.0.1. */
export async function startCountingServer(options: CountingServerOptions = {}): Promise<CountingServer> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const port = await nextMessage<number>(child);
  return {
    endpoint: `${options.tls === true ? 'https' : 'http'}://127.0.0.1:${port}`,
    async count() {
      child.send('count');
      return nextMessage<Count>(child);
    },
    close: () => void child.kill(),
  };
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message');
  return message as T;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send !== undefined) {
  serve(JSON.parse(process.argv[2] ?? '{}') as CountingServerOptions);
}

function serve({ tls = false, latencyMs = 0 }: CountingServerOptions): void {
  const count = { requests: 0, items: 0, bodyBytes: 0 };
  const onConnection = (socket: Socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    const take = requestReader((head, body) => {
      const isBatch = head.includes('BatchWriteItem');
      const items = isBatch ? countItems(body) : 1;
      count.requests++;
      count.items += items;
      count.bodyBytes += body.length;
      const answer = answerText(isBatch ? batchAnswer(items) : SINGLE_ANSWER);
      if (latencyMs === 0) socket.write(answer, 'latin1');
      else setTimeout(() => socket.write(answer, 'latin1'), latencyMs);
    });
    socket.on('data', take);
  };
  const server: Server = tls
    ? createTlsServer({ key: read('localhost.key'), cert: CERTIFICATE }, onConnection)
    : createServer(onConnection);
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('message', () => process.send?.(count));
  process.on('disconnect', () => process.exit());
}

/** Cuts a connection's bytes into requests. Knows of HTTP what it takes: headers end, and one of them is content-length. */
function requestReader(onRequest: (head: string, body: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const headEnd = rest.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = rest.toString('latin1', 0, headEnd);
      const length = /content-length: *([0-9]+)/i.exec(head)?.[1] ?? '0';
      const bodyEnd = headEnd + 4 + Number(length);
      if (rest.length < bodyEnd) return;
      onRequest(head, rest.subarray(headEnd + 4, bodyEnd));
      rest = rest.subarray(bodyEnd);
    }
  };
}

function countItems(body: Buffer): number {
  let items = 0;
  for (let at = body.indexOf('{"PutRequest"'); at >= 0; at = body.indexOf('{"PutRequest"', at + 1)) items++;
  return items;
}

/** As DynamoDB answers, a write unit an item. */
function batchAnswer(items: number): string {
  return `{"ConsumedCapacity":[{"CapacityUnits":${items}.0,"TableName":"bench"}],"UnprocessedItems":{}}`;
}

const SINGLE_ANSWER = '{"ConsumedCapacity":{"CapacityUnits":1.0,"TableName":"bench"}}';

function answerText(body: string): string {
  return [
    'HTTP/1.1 200 OK',
    'Server: Server',
    `Date: ${new Date().toUTCString()}`,
    'Content-Type: application/x-amz-json-1.0',
    `Content-Length: ${body.length}`,
    'Connection: keep-alive',
    'x-amzn-RequestId: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF',
    `x-amz-crc32: ${crc32(body)}`,
    '',
    body,
  ].join('\r\n');
}

function read(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../test/support/tls/${name}`, import.meta.url)), 'latin1');
}
