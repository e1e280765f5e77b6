import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importId, type ObjectRef } from '../../src/core/imports/import.ts';
import type { WorkMessage } from '../../src/core/imports/work.ts';
import { accept } from '../../src/engine/accept.ts';
import { loadMessage } from '../../src/engine/loading/load-message.ts';
import { seededRandom } from '../../sim/random.ts';
import { world } from './world.ts';

describe('of two versions of one key', () => {
  test('the older one is ended when the newer one comes, and its message is dropped', async () => {
    const { drop, loadAll, importOf, items, results, events } = world();
    const older = await drop('id,name\np1,old\n');
    const newer = await drop('id,name\np1,new\n');
    const { id } = await importOf(newer);
    expect(await importOf(older)).toMatchObject({
      status: 'superseded',
      failure: { code: 'superseded', reason: expect.stringContaining(`import ${id} loads it`) },
    });
    expect(await loadAll()).toEqual([
      { kind: 'dropped', reason: 'the import is superseded' },
      { kind: 'finished', isDone: true },
    ]);
    expect(items()).toEqual([{ id: { S: 'p1' }, name: { S: 'new' } }]);
    const report = JSON.parse(results.text(`reports/people/${importId(older)}.json`)) as unknown;
    expect(report).toMatchObject({ status: 'superseded', failure: { code: 'superseded' } });
    expect(events).toContainEqual(expect.objectContaining({ type: 'import superseded', level: 'warn' }));
  });

  test('the older one is not loaded where its event comes late', async () => {
    const { source, drop, loadAll, importOf, items, queue, ports, datasets, events } = world();
    const older = source.put('people/a.csv', bytes('id,name\np1,old\n'));
    await drop('id,name\np1,new\n');
    await loadAll();
    const outcome = await accept(ports, datasets, older, (event) => events.push(event));
    expect(outcome).toEqual({ kind: 'superseded', importId: importId(older) });
    expect(queue.messages).toEqual([]);
    expect(await importOf(older)).toMatchObject({ status: 'superseded' });
    expect(items()).toEqual([{ id: { S: 'p1' }, name: { S: 'new' } }]);
  });

  test('the older one keeps its status if it was done before', async () => {
    const { drop, loadAll, importOf } = world();
    const older = await drop('id,name\np1,old\n');
    await loadAll();
    await drop('id,name\np1,new\n');
    expect(await importOf(older)).toMatchObject({ status: 'done' });
    expect(await loadAll()).toEqual([{ kind: 'finished', isDone: true }]);
  });

  test('the newer one waits for the lease of a loader that died over the older one', async () => {
    const { clock, drop, loadNext, ledger, queue, items } = world();
    const older = await drop('id,name\np1,old\n');
    queue.messages.shift();
    const untilMs = clock.now() + 60_000;
    const lease = { importId: importId(older), chunk: 0, owner: 'dead' };
    await ledger.claim(lease, { epoch: 0, nowMs: clock.now(), untilMs });
    const newer = await drop('id,name\np1,new\n');
    expect(await loadNext()).toEqual({ kind: 'held', untilMs });
    expect(queue.messages).toMatchObject([{ importId: importId(newer), epoch: 1, delayMs: 6000 }]);
    expect(items()).toEqual([]);
    await clock.run(clock.sleep(60_000));
    expect(await loadNext()).toEqual({ kind: 'finished', isDone: true });
    expect(await ledger.readKey(newer)).toEqual({ importId: importId(newer), previous: [] });
  });

  test('the newer one waits for it even if its own clock is set forward meanwhile', async () => {
    let stepMs = 0;
    const { clock, drop, loadNext, ledger, queue, items } = world({
      ports: (ports) => ({
        clock: { ...ports.clock, now: () => ports.clock.now() + stepMs },
        ledger: {
          ...ports.ledger,
          async readKey(object) {
            stepMs = 120_000;
            return ports.ledger.readKey(object);
          },
        },
      }),
    });
    const older = await drop('id,name\np1,old\n');
    queue.messages.shift();
    const untilMs = clock.now() + 60_000;
    const lease = { importId: importId(older), chunk: 0, owner: 'dead' };
    await ledger.claim(lease, { epoch: 0, nowMs: clock.now(), untilMs });
    await drop('id,name\np1,new\n');
    expect(await loadNext()).toEqual({ kind: 'held', untilMs });
    expect(items()).toEqual([]);
  });

  test('both are loaded if they do not come from S3, and so have no order', async () => {
    const { source, ports, datasets, loadAll, importOf, events } = world();
    const objects = ['a', 'b'].map((name) => ({
      ...source.put('people/a.csv', bytes(`id,name\np1,${name}\n`)),
      sequencer: null,
    }));
    for (const object of objects) await accept(ports, datasets, object, (event) => events.push(event));
    await loadAll();
    for (const object of objects) expect(await importOf(object)).toMatchObject({ status: 'done' });
  });

  test("the newer one's rows are in the table in the end, in any interleaving", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.integer({ min: 1, max: 3 }),
        async (seed, extraEvents) => {
          const { versions, names, statuses } = await race(seed, extraEvents);
          const newest = versions.length - 1;
          expect(statuses[newest]).toBe('done');
          expect(statuses.every((status) => status === 'done' || status === 'superseded')).toBe(true);
          expect(new Set(names)).toEqual(new Set([`v${newest}`]));
          expect(names).toHaveLength(ROWS);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const ROWS = 400;

/**
 * Three versions with the same keys, whose events come at any time and several times; each message is worked on when it is due,
 * beside others, on a table of 50 units a second, and by loaders that may die.
 */
async function race(
  seed: number,
  extraEvents: number,
): Promise<{ versions: readonly ObjectRef[]; names: readonly string[]; statuses: readonly string[] }> {
  const random = seededRandom(seed);
  let credit = 50;
  let creditAtMs = 0;
  let loaders = 0;
  const { clock, source, ports, datasets, items, importOf } = world({
    seed,
    fate: (batch) => {
      credit = Math.min(50, credit + ((clock.now() - creditAtMs) / 1000) * 50);
      creditAtMs = clock.now();
      const written = Math.min(batch.length, Math.floor(credit));
      credit -= written;
      const held = [...batch.keys()].slice(written);
      return { held, reason: 'table-capacity', units: written };
    },
  });
  const emit = (): void => undefined;
  const under: Promise<void>[] = [];
  const queue = {
    hide: async () => undefined,
    waiting: async () => 0,
    send: async (...given: Sent) => start(worked(...given)),
  };
  const wired = { ...ports, queue };
  const versions = [0, 1, 2].map((n) => source.put('people/a.csv', bytes(versionOf(n))));
  for (const object of versions) {
    for (let event = 0; event < extraEvents; event++) start(accepted(object));
  }
  await clock.run(settled());
  const records = await Promise.all(versions.map((object) => importOf(object)));
  return {
    versions,
    names: items().map((item) => (item['name'] as { S: string }).S),
    statuses: records.map(({ status }) => status),
  };

  type Sent = [WorkMessage, number];

  function start(work: Promise<void>): void {
    under.push(work);
  }

  async function settled(): Promise<void> {
    for (let work = under.shift(); work !== undefined; work = under.shift()) await work;
  }

  async function accepted(object: ObjectRef): Promise<void> {
    await clock.sleep(random() * 30_000);
    await accept(wired, datasets, object, emit);
  }

  async function worked(message: WorkMessage, delayMs: number): Promise<void> {
    await clock.sleep(delayMs + random() * 1000);
    const owner = `loader-${++loaders}`;
    const mortal = random() < 0.3 ? dying() : wired;
    try {
      await loadMessage(mortal, datasets, message, { owner, deadlineMs: clock.monotonic() + 20_000, emit });
    } catch {
      await worked(message, 60_000);
    }
  }

  /** Dies at its first or second checkpoint. */
  function dying(): typeof wired {
    let left = random() < 0.5 ? 0 : 1;
    const { ledger } = wired;
    return {
      ...wired,
      ledger: {
        ...ledger,
        async checkpoint(...given) {
          if (left-- <= 0) throw new Error('killed');
          await ledger.checkpoint(...given);
        },
      },
    };
  }
}

function versionOf(n: number): string {
  return `id,name\n${Array.from({ length: ROWS }, (_, row) => `p${row},v${n}\n`).join('')}`;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
