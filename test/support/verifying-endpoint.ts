import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';
import { cellsOf, digest, type PeopleItem } from './people-item.ts';

/** A DynamoDB that takes BatchWriteItem only, and remembers of each item a digest: fast enough for millions. */
export type VerifyingEndpoint = {
  readonly endpoint: string;
  /** Compares what it holds with a people file, as csv-parse reads that. */
  compare(file: string): Promise<Comparison>;
  close(): void;
};

export type Comparison = {
  /** Put requests that came, repeated ones too. */
  readonly writes: number;
  /** Different keys among them. */
  readonly items: number;
  readonly rows: number;
  /** Rows whose item is missing or different: their number, and the first of them. */
  readonly wrong: number;
  readonly firstWrong: unknown;
};

/** Serves from a process of its own, on 127.0.0.1. */
export async function startVerifyingEndpoint(): Promise<VerifyingEndpoint> {
  const child = fork(fileURLToPath(import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const port = await nextMessage<number>(child);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async compare(file) {
      child.send(file);
      return nextMessage<Comparison>(child);
    },
    close: () => void child.kill(),
  };
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message');
  return message as T;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send !== undefined) serve();

type Body = {
  readonly RequestItems: Readonly<
    Record<string, readonly { readonly PutRequest: { readonly Item: PeopleItem } }[]>
  >;
};

function serve(): void {
  const digests = new Map<string, string>();
  let writes = 0;
  const server = createServer(async (request, response) => {
    const { RequestItems } = JSON.parse(await readBody(request)) as Body;
    const [[table, requests]] = Object.entries(RequestItems) as [[string, Body['RequestItems'][string]]];
    for (const { PutRequest } of requests) {
      digests.set(PutRequest.Item['id']?.S ?? '', digest(cellsOf(PutRequest.Item)));
      writes++;
    }
    const answer = {
      ConsumedCapacity: [{ TableName: table, CapacityUnits: requests.length }],
      UnprocessedItems: {},
    };
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('message', async (file: string) => process.send?.(await compare(file, digests, writes)));
  process.on('disconnect', () => process.exit());
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

async function compare(
  file: string,
  digests: ReadonlyMap<string, string>,
  writes: number,
): Promise<Comparison> {
  let rows = 0;
  let wrong = 0;
  let firstWrong: unknown = null;
  const records = createReadStream(file).pipe(parse({ from_line: 2 })) as AsyncIterable<string[]>;
  for await (const cells of records) {
    rows++;
    if (digests.get(cells[0]!) === digest(cells)) continue;
    if (wrong++ === 0) firstWrong = { cells, isMissing: !digests.has(cells[0]!) };
  }
  return { writes, items: digests.size, rows, wrong, firstWrong };
}
