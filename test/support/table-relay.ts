import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to DynamoDB that counts what is written, and may make writing slow. It ends with the test. */
export type TableRelay = {
  readonly url: string;
  /** To be called before the first connection comes. */
  pointTo(url: string): void;
  /** Items in all BatchWriteItem requests that came, repeated ones too. */
  readonly puts: number;
  /** Resolves after this number of requests. */
  reached(puts: number): Promise<void>;
};

const PUT = Buffer.from('{"PutRequest"');

/** Forwards requests and their answers. Returns at most one answer to a BatchWriteItem in `paceMs`. */
export async function tableRelay({ paceMs = 0 } = {}): Promise<TableRelay> {
  let target: URL | null = null;
  let puts = 0;
  let answerMs = 0;
  const waiting = new Set<{ readonly puts: number; readonly resolve: () => void }>();
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const writes = String(headers['x-amz-target']).endsWith('.BatchWriteItem');
    const onward = request({
      agent,
      host: target?.hostname,
      port: target?.port,
      method,
      path,
      // The stack answers to its own name only.
      headers: { ...headers, host: target?.host },
    });
    onward.on('response', (answer) => {
      const pass = (): void => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      };
      if (writes && paceMs > 0) setTimeout(pass, delayMs());
      else pass();
    });
    // A killed process's connections break off; the other half has nobody to talk to then.
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    let tail: Buffer = Buffer.alloc(0);
    incoming.on('data', (bytes: Buffer) => {
      const text = Buffer.concat([tail, bytes]);
      tail = text.subarray(Math.max(0, text.length - PUT.length + 1));
      count(text);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    agent.destroy();
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pointTo(url) {
      target = new URL(url);
    },
    get puts() {
      return puts;
    },
    reached: (wanted) =>
      new Promise((resolve) => {
        if (puts >= wanted) resolve();
        else waiting.add({ puts: wanted, resolve });
      }),
  };

  function delayMs(): number {
    const nowMs = performance.now();
    answerMs = Math.max(nowMs, answerMs + paceMs);
    return answerMs - nowMs;
  }

  function count(text: Buffer): void {
    for (let at = text.indexOf(PUT); at >= 0; at = text.indexOf(PUT, at + PUT.length)) puts += 1;
    for (const each of waiting) {
      if (each.puts > puts) continue;
      waiting.delete(each);
      each.resolve();
    }
  }
}
