import { describe, expect, test } from 'vitest';
import type { ObjectRef } from '../../src/core/imports/import.ts';
import type { Source } from '../../src/core/ports.ts';
import { type Fate, refusedAll } from '../../sim/table.ts';
import { world } from './world.ts';

const refusesAll: Fate = (batch) => refusedAll(batch.length, 'an index key is empty');

/** The source, and how often it was read and how many bytes it gave. */
function counted(source: Source) {
  const counts = { reads: 0, bytes: 0 };
  return { counts, source: { read } };

  async function* read(object: ObjectRef, start: number, end: number): AsyncGenerator<Uint8Array> {
    counts.reads++;
    for await (const piece of source.read(object, start, Math.min(end, object.sizeBytes))) {
      counts.bytes += piece.length;
      yield piece;
    }
  }
}

describe('rows that the table refuses', () => {
  const rows = Array.from({ length: 800 }, (_, index) => `p${index},"name, ${index}"\n`).join('');
  const body = `id,name\n${rows}`;

  // The source in memory gives the text as it is put, so this is what was inflated.
  test.each(['people/a.csv', 'people/a.csv.gz'])(
    'of %s are rejects as the file has them, without a further reading of it',
    async (key) => {
      let reads = { reads: 0, bytes: 0 };
      const { drop, loadAll, importOf, rejects } = world({
        dataset: { source: { prefix: 'people/', suffix: '' }, table: { partition_key: 'id' } },
        fate: refusesAll,
        ports: ({ source }) => {
          const { counts, source: watched } = counted(source);
          reads = counts;
          return { source: watched };
        },
      });
      const dropped = await drop(body, key);
      await loadAll();
      const { counts } = await importOf(dropped);
      expect(counts).toMatchObject({ read: 800, rejected: 800 });
      expect(rejects().map(({ id, name }) => `${id},"${name}"`)).toEqual(rows.trimEnd().split('\n'));
      // Once for the header, once for the rows.
      expect(reads.reads).toBeLessThanOrEqual(2);
      expect(reads.bytes).toBeLessThanOrEqual(2 * body.length);
    },
  );
});

test('rejects behind an item that is held back for long stop the reading, and make no checkpoints due', async () => {
  const heldMs = 40_000;
  const rejectCount = 200_000;
  let heldUntilMs = Infinity;
  let checkpoints = 0;
  let mostRead = 0;
  const { clock, drop, loadAll, importOf } = world({
    dataset: {
      source: { prefix: 'people/' },
      columns: { n: { type: 'number' }, ok: { type: 'boolean' } },
      table: { partition_key: 'id' },
      load: { max_reject_ratio: 1 },
    },
    fate: (batch) =>
      clock.now() < heldUntilMs
        ? {
            held: batch.map((_, index) => index),
            reason: 'key-range',
            units: 0,
          }
        : null,
    ports: ({ ledger, source }) => ({
      ledger: {
        ...ledger,
        checkpoint(...given) {
          checkpoints++;
          return ledger.checkpoint(...given);
        },
      },
      source: {
        async *read(object, start, end) {
          let at = start;
          for await (const piece of source.read(object, start, end)) {
            at += piece.length;
            if (clock.now() < heldUntilMs) mostRead = Math.max(mostRead, at);
            yield piece;
          }
        },
      },
    }),
  });
  heldUntilMs = clock.now() + heldMs;
  const object = await drop(`id,n,ok\nhot,1,1\n${'x\n'.repeat(rejectCount)}`);
  await loadAll();
  expect((await importOf(object)).counts).toMatchObject({
    read: rejectCount + 1,
    written: 1,
    rejected: rejectCount,
  });
  // One each 5 s while the item is held back, and one for each 4 MB of rejects then.
  expect(checkpoints).toBeGreaterThan(heldMs / 5000);
  expect(checkpoints).toBeLessThan(heldMs / 5000 + 12);
  // A reject of two bytes takes about a hundred: 8 MB of them are 80,000 rows.
  expect(mostRead).toBeLessThan(400_000);
});
