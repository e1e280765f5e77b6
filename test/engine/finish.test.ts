import { expect, test } from 'vitest';
import { importId } from '../../src/core/import.ts';
import { world } from './world.ts';

test('an import that is superseded while it is being finished has a report that says so', async () => {
  const failure = { code: 'superseded', reason: 'A newer version is there.' } as const;
  let isRace = true;
  const { drop, loadAll, importOf, results, events } = world({
    ports: ({ ledger, results }) => ({
      results: {
        async put(name, ...given) {
          const place = await results.put(name, ...given);
          if (isRace) await ledger.end(importId(object), { status: 'superseded', failure, atMs: 1 });
          isRace = false;
          return place;
        },
      },
    }),
  });
  const object = await drop('id\np1\n');
  expect(await loadAll()).toEqual([{ kind: 'finished', isDone: false }]);
  expect(await importOf(object)).toMatchObject({ status: 'superseded', failure });
  expect(JSON.parse(results.text(`reports/people/${importId(object)}.json`))).toMatchObject({
    status: 'superseded',
    failure,
    counts: { read: 1, written: 1 },
  });
  expect(events.map(({ type }) => type)).not.toContain('import done');
});

test('an import that has failed stays so when its last chunk is counted', async () => {
  const failure = { code: 'table-missing', reason: 'It is gone.' } as const;
  const { drop, loadAll, importOf, results } = world({
    ports: ({ ledger }) => ({
      ledger: {
        ...ledger,
        async finishChunk(...given) {
          await ledger.finishChunk(...given);
          await ledger.end(importId(object), { status: 'failed', failure, atMs: 1 });
        },
      },
    }),
  });
  const object = await drop('id\np1\n');
  expect(await loadAll()).toEqual([{ kind: 'finished', isDone: false }]);
  expect(await importOf(object)).toMatchObject({ status: 'failed', failure });
  expect([...results.files.keys()]).toEqual([]);
});
