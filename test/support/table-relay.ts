import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to DynamoDB that counts what is written, and may make writing slow. It ends with the test. */
export type TableRelay = {
  readonly url: string;
  /** To be called before the first connection comes. */
  pointTo(url: string): void;
  /** Items in all BatchWriteItem requests that came, repeated ones too. */
  readonly puts: number;
  /** Resolves once so many have come. */
  reached(puts: number): Promise<void>;
};

const PUT = Buffer.from('{"PutRequest"');

/** Passes bytes on, both ways. Of the answers to BatchWriteItem at most one comes back in `paceMs`. */
export async function tableRelay({ paceMs = 0 } = {}): Promise<TableRelay> {
  let target: URL | null = null;
  let puts = 0;
  let answerMs = 0;
  const waiting = new Set<{ readonly puts: number; readonly resolve: () => void }>();
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target?.port), target?.hostname);
    let writes = false;
    let tail: Buffer = Buffer.alloc(0);
    near.on('data', (bytes: Buffer) => {
      writes ||= bytes.includes('.BatchWriteItem');
      const text = Buffer.concat([tail, bytes]);
      tail = text.subarray(Math.max(0, text.length - PUT.length + 1));
      count(text);
      far.write(bytes);
    });
    far.on('data', (bytes: Buffer) => {
      if (writes && paceMs > 0) setTimeout(() => near.write(bytes), delayMs(bytes));
      else near.write(bytes);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      // A killed process's connections break off; the other half has nobody to talk to then.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
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

  /** What does not begin an answer goes with the rest of its answer. */
  function delayMs(bytes: Buffer): number {
    const nowMs = performance.now();
    if (bytes.indexOf('HTTP/1.1') === 0) answerMs = Math.max(nowMs, answerMs + paceMs);
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
