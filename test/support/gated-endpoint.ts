import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to an endpoint on which a table's capacity can be used up. */
export type GatedEndpoint = {
  readonly url: string;
  /** Put requests that have been let through. */
  readonly items: number;
  /** From now on lets everything through. */
  open(): void;
  /** Resolves after the first answer to the operation at which the condition holds. */
  until(operation: string, holds: () => Promise<boolean>): Promise<void>;
};

/** Passes requests on to `target`, but of BatchWriteItem only so many items: then it throttles, as a table without credit does. */
export async function gatedEndpoint(target: string, itemsAllowed: number): Promise<GatedEndpoint> {
  let items = 0;
  let allowed = itemsAllowed;
  const listeners = new Set<(operation: string) => void>();
  const server = createServer(async (incoming, response) => {
    const operation = String(incoming.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const body = await readBody(incoming);
    if (operation === 'BatchWriteItem') {
      if (items >= allowed) {
        response.writeHead(400).end(throttled);
        return;
      }
      items += body.toString().split('{"PutRequest":').length - 1;
    }
    const { method, url, headers } = incoming;
    const passed = request(new URL(url ?? '/', target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
      answer.once('end', () => {
        for (const listen of listeners) listen(operation);
      });
    });
    passed.on('error', () => response.destroy());
    passed.end(body);
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
      allowed = Infinity;
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
}

const throttled = JSON.stringify({
  __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  message: 'The level of configured provisioned throughput for the table was exceeded.',
});

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
