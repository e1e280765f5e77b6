import { expect, test } from 'vitest';
import { SluiceError } from '../../src/core/errors.ts';
import { world } from './world.ts';

test('rows that were read before the source failed are written and counted, and then the import fails', async () => {
  const text = `id,name\n${Array.from({ length: 30_000 }, (_, row) => `p${row},n${row}\n`).join('')}`;
  const { drop, loadAll, importOf, items, ledger } = world({
    pieceBytes: 4096,
    ports: ({ source }) => ({
      source: {
        ...source,
        async *read(object, startBytes, endBytes) {
          let bytes = 0;
          for await (const piece of source.read(object, startBytes, endBytes)) {
            if (bytes > 150_000) throw new SluiceError('gzip-damaged', 'It ends too soon.');
            bytes += piece.length;
            yield piece;
          }
        },
      },
    }),
  });
  const object = await drop(text);
  await loadAll().catch(() => undefined);
  const record = await importOf(object);
  expect(record).toMatchObject({ status: 'failed', failure: { code: 'gzip-damaged' } });
  const [chunk] = await ledger.readChunks(record.id);
  const { counts, offsetBytes } = chunk!.checkpoint;
  expect(offsetBytes).toBeGreaterThan(150_000);
  expect(counts.written).toBe(items().length);
  expect(counts.read).toBe(text.slice(0, offsetBytes).split('\n').length - 2);
});
