import { expect, test } from 'vitest';
import { importId } from '../../../src/core/imports/import.ts';
import { world } from '../world.ts';

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

test('an end whose response was lost, and that is requested again, is reported', async () => {
  const { drop, loadAll, importOf, events } = world({
    ports: ({ ledger }) => ({
      ledger: {
        ...ledger,
        async end(...given) {
          await ledger.end(...given);
          return ledger.end(...given);
        },
      },
    }),
  });
  const object = await drop('id\np1\n');
  expect(await loadAll()).toEqual([{ kind: 'finished', isDone: true }]);
  expect(events.filter(({ type }) => type === 'import done')).toHaveLength(1);
  expect(await importOf(object)).toMatchObject({ status: 'done', isOpen: false });
});

test.each([
  ['done', 'id\np1\n'],
  ['failed', 'name\np1\n'],
])(
  'an end as %s, behind which the loader died, is told when the message comes again, once',
  async (status, text) => {
    let isDying = true;
    const { clock, drop, loadNext, loadAll, importOf, events, queue, results } = world({
      ports: ({ ledger }) => ({
        ledger: {
          ...ledger,
          async end(...given) {
            const record = await ledger.end(...given);
            if (isDying) throw new Error('killed');
            return record;
          },
        },
      }),
    });
    const object = await drop(text);
    const message = queue.messages[0]!;
    await expect(loadNext()).rejects.toThrow('killed');
    expect(await importOf(object)).toMatchObject({ status, isOpen: true });
    isDying = false;
    await clock.run(clock.sleep(60_000));
    queue.messages.push(message, message);
    expect(await loadAll()).toMatchObject([{ kind: 'dropped' }, { kind: 'dropped' }]);
    const told = events.filter(({ type }) => type === `import ${status}`);
    const report = `reports/people/${importId(object)}.json`;
    expect(told).toMatchObject([
      { importId: importId(object), dataset: 'people', report: expect.any(String) },
    ]);
    expect(JSON.parse(results.text(report))).toMatchObject({ status });
    expect(await importOf(object)).toMatchObject({ status, isOpen: false });
  },
);
