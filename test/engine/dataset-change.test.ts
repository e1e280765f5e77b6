import { describe, expect, test } from 'vitest';
import { type Dataset, parseDatasets, readDatasets } from '../../src/core/dataset/dataset.ts';
import { accept } from '../../src/engine/accept.ts';
import { loadMessage } from '../../src/engine/loading/load-message.ts';
import { world } from './world.ts';

const ROWS = 4000;
const text = `id,age\n${Array.from({ length: ROWS }, (_, n) => `p${n},${n}\n`).join('')}`;

const asStrings = documentOf('string');
const asNumbers = documentOf('number');

function documentOf(type: 'string' | 'number') {
  return {
    source: { prefix: 'people/' },
    columns: { age: { type } },
    table: { partition_key: 'id', write_units: 5 },
  };
}

describe('a dataset that is deployed while an import is half loaded', () => {
  test('changes nothing about it: all its items have the types that it began with; the next import has the new ones', async () => {
    const { half, finish } = await halfLoaded();
    expect(half.types).toEqual(['S']);
    expect(half.items).toBeGreaterThan(0);
    expect(half.items).toBeLessThan(ROWS);

    const end = await finish(parseDatasets({ people: asNumbers }));
    expect(end.record).toMatchObject({ status: 'done', counts: { read: ROWS, written: ROWS, rejected: 0 } });
    expect(end.types).toEqual(['S']);
    expect(end.events).toContainEqual(
      expect.objectContaining({ type: 'earlier dataset used', dataset: 'people' }),
    );

    expect((await end.loadAnew()).types).toEqual(['N']);
  });

  test('changes nothing if it is removed from the deployment, or cannot be read there', async () => {
    for (const datasets of [[], readDatasets([{ name: 'people', digest: 'new', source: 1 }])]) {
      const { finish } = await halfLoaded();
      expect((await finish(datasets as Dataset[])).record).toMatchObject({ status: 'done' });
    }
  });

  test('does not end it if its event comes again and the dataset can no longer be read', async () => {
    const { again, finish } = await halfLoaded();
    const datasets = readDatasets([
      { name: 'people', digest: 'new', source: { prefix: 'people/', suffix: ['.csv'], ignore_case: false } },
    ]);
    expect(await again(datasets)).toMatchObject({ kind: 'known' });
    expect((await finish(datasets as Dataset[])).record).toMatchObject({ status: 'done' });
  });

  test('is the deployed one if only its costs have changed: nothing is read for it', async () => {
    const { finish } = await halfLoaded();
    const faster = { ...asStrings, table: { ...asStrings.table, write_units: 500 } };
    const { record, events } = await finish(parseDatasets({ people: faster }));
    expect(record).toMatchObject({ status: 'done' });
    expect(events.map(({ type }) => type)).not.toContain('earlier dataset used');
  });

  test('fails the import if the document that it began with is lost, and says so', async () => {
    const { finish } = await halfLoaded({ readDataset: async () => null });
    const { record } = await finish(parseDatasets({ people: asNumbers }));
    expect(record).toMatchObject({
      status: 'failed',
      failure: {
        code: 'dataset-missing',
        reason: expect.stringMatching(
          /began with dataset 'people' as it was under the digest [0-9a-f]{16}.*the ledger has no document with this digest/,
        ) as string,
      },
    });
  });
});

test('an object of a dataset that cannot be read gets a failed import that names the problem; other datasets are not affected', async () => {
  const { ports, source, ledger, queue, results, events } = world();
  const [people] = parseDatasets({ people: asStrings });
  const future = {
    ...people,
    name: 'future',
    source: { prefix: 'future/', suffix: ['.csv'], ignore_case: false },
    columns: { a: { type: 'uuid' } },
  };
  const datasets = readDatasets([future, people]);
  const emit = (event: (typeof events)[number]) => void events.push(event);
  const refused = source.put('future/a.csv', new TextEncoder().encode('a\n1\n'));
  const outcome = await accept(ports, datasets, refused, emit);
  expect(outcome).toMatchObject({ kind: 'failed' });
  const importId = 'importId' in outcome ? outcome.importId : '';
  const reason = expect.stringContaining("dataset 'future': columns.a.type: 'uuid' is not a type") as string;
  expect(await ledger.readImport(importId)).toMatchObject({
    dataset: 'future',
    status: 'failed',
    failure: { code: 'dataset-invalid', reason },
  });
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'import failed', level: 'error', code: 'dataset-invalid', reason }),
  );
  expect([...results.files.keys()]).toEqual([`reports/future/${importId}.json`]);
  // The event comes again.
  expect(await accept(ports, datasets, refused, emit)).toEqual({ kind: 'known', importId });

  const object = source.put('people/a.csv', new TextEncoder().encode('id\n1\n'));
  expect(await accept(ports, datasets, object, emit)).toMatchObject({ kind: 'queued' });
  expect(queue.messages).toHaveLength(1);
});

/** An import of 4,000 rows whose table takes 1,500 at once, so that it is parked with `age` as a string. */
async function halfLoaded(ledgerMethods: object = {}) {
  const { clock, drop, queue, table, ports, source, importOf, loadNext, events } = world({
    dataset: asStrings,
    fate: slowTable(() => clock.now()),
    ports: (basic) => ({ ledger: { ...basic.ledger, ...ledgerMethods } }),
  });
  const emit = (event: (typeof events)[number]) => void events.push(event);
  const object = await drop(text);
  expect(await loadNext()).toMatchObject({ kind: 'parked' });
  const again = (datasets: Parameters<typeof accept>[1]) => accept(ports, datasets, object, emit);
  return { half: { types: typesOfAge(), items: table.items.size }, again, finish };

  async function finish(datasets: readonly Dataset[]) {
    await loadAll(datasets);
    return {
      record: await importOf(object),
      types: typesOfAge(),
      events,
      async loadAnew() {
        const again = source.put('people/b.csv', new TextEncoder().encode(text));
        await accept(ports, datasets, again, emit);
        await loadAll(datasets);
        return { types: typesOfAge() };
      },
    };
  }

  async function loadAll(datasets: readonly Dataset[]): Promise<void> {
    for (let next = queue.messages.shift(); next !== undefined; next = queue.messages.shift()) {
      const { delayMs, ...message } = next;
      await clock.run(clock.sleep(delayMs));
      const deadlineMs = clock.now() + 900_000;
      await clock.run(loadMessage(ports, datasets, message, { owner: `o${clock.now()}`, deadlineMs, emit }));
    }
  }

  function typesOfAge(): string[] {
    return [...new Set([...table.items.values()].map((item) => Object.keys(item['age'] as object)[0]!))];
  }
}

/** A provisioned table of five units with all its burst credit. */
function slowTable(now: () => number) {
  let credit = 1500;
  let atMs: number | null = null;
  return (batch: readonly unknown[]) => {
    const nowMs = now();
    credit = Math.min(1500, credit + ((nowMs - (atMs ?? nowMs)) / 1000) * 5);
    atMs = nowMs;
    const written = Math.min(batch.length, Math.floor(credit));
    credit -= written;
    const held = [...batch.keys()].slice(written);
    const reason = held.length > 0 ? ('table-capacity' as const) : null;
    return { held, reason, units: written };
  };
}
