import { expect, test } from 'vitest';
import type { Source, TableWriter } from '../../src/core/ports.ts';
import { world } from './world.ts';

const MB = 1024 ** 2;
const CELL = 'x'.repeat(100_000);

test('reads no further than 32 MB of waiting items, however fast the table was before', async () => {
  let readBytes = 0;
  let sentBytes = 0;
  let mostWaitingBytes = 0;
  const { clock, drop, loadNext, importOf } = world({
    dataset: { source: { prefix: 'people/' }, table: { partition_key: 'id', sort_key: 'n' } },
    ports: ({ source, table }) => ({
      source: counting(source, (bytes) => {
        readBytes += bytes;
        mostWaitingBytes = Math.max(mostWaitingBytes, readBytes - sentBytes);
      }),
      table: (dataset) => stalling(table(dataset)),
    }),
  });
  // One partition key is one lane: all but one batch of it waits.
  const rows = Array.from({ length: 900 }, (_, index) => `p,${index},${CELL}\n`);
  const object = await drop(`id,n,text\n${rows.join('')}`);
  expect(await loadNext()).toEqual({ kind: 'finished', isDone: true });
  expect((await importOf(object)).counts).toMatchObject({ read: 900, written: 900 });
  // Items and the text that they were read from share the 32 MB.
  expect(mostWaitingBytes).toBeGreaterThan(12 * MB);
  // A batch that is under way, and the pieces that were read last.
  expect(mostWaitingBytes).toBeLessThan(37 * MB);

  /** Takes a third of the file at once, and then stands still for a while. */
  function stalling(table: TableWriter): TableWriter {
    return {
      ...table,
      async write(items) {
        if (sentBytes > 30 * MB && sentBytes < 33 * MB) await clock.sleep(3000);
        sentBytes += items.reduce((sum, { start, end }) => sum + end - start, 0);
        return table.write(items);
      },
    };
  }
});

test('reads no further than 400,000 waiting items, however small they are', async () => {
  let read = 0;
  let sent = 0;
  let mostWaiting = 0;
  const { clock, drop, loadNext } = world({
    dataset: { source: { prefix: 'people/' }, table: { partition_key: 'id', sort_key: 'n' } },
    ports: ({ source, table }) => ({
      source: counting(source, (bytes) => {
        read += bytes / 9;
        mostWaiting = Math.max(mostWaiting, read - sent);
      }),
      table: (dataset) => stalling(table(dataset)),
    }),
  });
  const rows = Array.from({ length: 520_000 }, (_, index) => `p,${String(index).padStart(6, '0')}\n`);
  await drop(`id,n\n${rows.join('')}`);
  await loadNext(60_000);
  expect(mostWaiting).toBeGreaterThan(380_000);
  // The pieces that were read last.
  expect(mostWaiting).toBeLessThan(430_000);

  /** Writes some rows fast, so that the window opens, and then only slowly. */
  function stalling(table: TableWriter): TableWriter {
    return {
      ...table,
      async write(items) {
        if (sent > 60_000) await clock.sleep(10_000);
        sent += items.length;
        return table.write(items);
      },
    };
  }
});

function counting(source: Source, onRead: (bytes: number) => void): Source {
  return {
    async *read(...given) {
      for await (const piece of source.read(...given)) {
        onRead(piece.length);
        yield piece;
      }
    },
  };
}
