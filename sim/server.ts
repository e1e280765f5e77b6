import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { wallClock } from '../src/node/wall-clock.ts';
import { actionOf, wireReply } from './wire-reply.ts';
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

const encoder = new TextEncoder();

/** The writes of one table over HTTP, on the real clock, in a separate process. Resolves when it listens on 127.0.0.1. */
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
    const action = actionOf(request.headers['x-amz-target'] as string | undefined);
    const write = { action, body: (await readJson(request)) as Record<string, unknown> };
    const { status, body } = await wireReply(table, options.tableName, write, kind, (item) =>
      table.stored(item),
    );
    if (status === 0) response.destroy();
    else send(response, status, body);
  }
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
