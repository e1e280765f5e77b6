import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to an endpoint on which writes can be held back. */
export type GatedEndpoint = {
  readonly url: string;
  /** Put requests that were forwarded. */
  readonly items: number;
  /** From now on forwards everything. */
  open(): void;
  /** Resolves after the first answer to the operation at which the condition holds. */
  until(operation: string, holds: () => Promise<boolean>): Promise<void>;
};

type Put = {
  readonly PutRequest: { readonly Item: Readonly<Record<string, Readonly<Record<string, string>>>> };
};
type Batch = { readonly RequestItems: Readonly<Record<string, readonly Put[]>> };

/**
 * Passes DynamoDB's requests on to `target`. Of a BatchWriteItem the items that `isFree` refuses come back as unprocessed, as
 * from a table whose capacity is used up.
 */
export async function gatedEndpoint(
  target: string,
  isFree: (item: Put['PutRequest']['Item']) => boolean,
): Promise<GatedEndpoint> {
  let items = 0;
  let isOpen = false;
  const listeners = new Set<(operation: string) => void>();
  const server = createServer(async (incoming, response) => {
    const { authorization = '', 'x-amz-target': operationName = '' } = incoming.headers;
    const body = await readBody(incoming);
    const pass = (text: string) =>
      fetch(target, {
        method: 'POST',
        headers: { authorization, 'x-amz-target': String(operationName) },
        body: text,
      });
    const operation = String(operationName).split('.')[1] ?? '';
    const isBatch = operation === 'BatchWriteItem' && !isOpen;
    const { status, text } = isBatch ? await passBatch(body, pass) : await answerOf(await pass(body));
    if (operation === 'BatchWriteItem' && isOpen) items += countPuts(body);
    response.writeHead(status).end(text);
    for (const listen of listeners) listen(operation);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get items() {
      return items;
    },
    open() {
      isOpen = true;
    },
    until: (operation, holds) =>
      new Promise((resolve) => {
        const listen = async (answered: string): Promise<void> => {
          if (answered !== operation || !(await holds())) return;
          listeners.delete(listener);
          resolve();
        };
        const listener = (answered: string): void => void listen(answered);
        listeners.add(listener);
      }),
  };

  async function passBatch(
    body: string,
    pass: (text: string) => Promise<Response>,
  ): Promise<{ status: number; text: string }> {
    const batch = JSON.parse(body) as Batch;
    const [[table, puts]] = Object.entries(batch.RequestItems) as [[string, readonly Put[]]];
    const free = puts.filter(({ PutRequest }) => isFree(PutRequest.Item));
    if (free.length === 0) return { status: 400, text: throttled };
    const { status, text } = await answerOf(
      await pass(JSON.stringify({ ...batch, RequestItems: { [table]: free } })),
    );
    items += free.length;
    const held = puts.filter((put) => !free.includes(put));
    const UnprocessedItems = held.length === 0 ? {} : { [table]: held };
    return { status, text: JSON.stringify({ ...(JSON.parse(text) as object), UnprocessedItems }) };
  }
}

const throttled = JSON.stringify({
  __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  message: 'The level of configured provisioned throughput for the table was exceeded.',
});

async function answerOf(answer: Response): Promise<{ status: number; text: string }> {
  return { status: answer.status, text: await answer.text() };
}

function countPuts(body: string): number {
  return body.split('{"PutRequest":').length - 1;
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
