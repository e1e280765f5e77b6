import { describe, expect, test } from 'vitest';
import { importId, type ImportRecord, type ObjectRef } from '../../src/core/imports/import.ts';
import { placeBehind } from '../../src/core/imports/order.ts';
import { accept, type AcceptOutcome } from '../../src/engine/accept.ts';
import { importDetails } from '../../src/engine/import-overview.ts';
import type { LoadOutcome } from '../../src/engine/loading/load-message.ts';
import { lastPlace, retry } from '../../src/engine/retry.ts';
import { sweep } from '../../src/engine/sweep.ts';
import { world, type WorldOptions } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const IN_ORDER = {
  source: { prefix: 'people/' },
  table: { partition_key: 'id' },
  load: { files: 'in_order' },
};

/** A world whose files are loaded in order of arrival. A message is worked on when it is due. */
function orderedWorld(options: WorldOptions = {}) {
  const made = world({ dataset: IN_ORDER, ...options });
  const { clock, source, ports, datasets, events, queue, items, importOf } = made;
  const emit = (event: (typeof events)[number]): void => void events.push(event);
  let dueMs: number[] = [];

  return { ...made, upload, notify, settle, sweepNow, statuses, names };

  function upload(name: string, text = `id,name\np1,${name}\n`): ObjectRef {
    const object = source.put(`people/${name}.csv`, new TextEncoder().encode(text));
    return { ...object, uploadedAtMs: clock.now() };
  }

  async function notify(object: ObjectRef): Promise<AcceptOutcome> {
    return clock.run(accept(ports, datasets, object, emit));
  }

  /** Works on all messages, each when it is due. */
  async function settle(): Promise<LoadOutcome['kind'][]> {
    const kinds: LoadOutcome['kind'][] = [];
    while (queue.messages.length > 0) {
      dueMs = queue.messages.map(({ delayMs }) => delayMs);
      const first = dueMs.indexOf(Math.min(...dueMs));
      queue.messages.unshift(...queue.messages.splice(first, 1));
      await clock.run(clock.sleep(queue.messages[0]!.delayMs));
      for (const message of queue.messages) message.delayMs = Math.max(0, message.delayMs - dueMs[first]!);
      kinds.push((await made.loadNext()).kind);
    }
    return kinds;
  }

  async function sweepNow(): Promise<void> {
    await clock.run(sweep(ports, clock.monotonic() + 15 * MINUTE_MS, emit));
  }

  async function statuses(...objects: ObjectRef[]): Promise<ImportRecord['status'][]> {
    return Promise.all(objects.map(async (object) => (await importOf(object)).status));
  }

  function names(): unknown[] {
    return items().map(({ name }) => name);
  }
}

describe('imports of a dataset with `load.files: in_order`', () => {
  test('are loaded in order of upload, even if their events come in another order within a minute', async () => {
    const { clock, upload, notify, settle, statuses, names, events } = orderedWorld();
    const first = upload('first');
    await clock.run(clock.sleep(100));
    const second = upload('second');
    expect(await notify(second)).toEqual({ kind: 'waits', importId: importId(second) });
    await clock.run(clock.sleep(20_000));
    expect(await notify(first)).toEqual({ kind: 'waits', importId: importId(first) });
    await settle();
    expect(await statuses(first, second)).toEqual(['done', 'done']);
    expect(names()).toEqual([{ S: 'second' }]);
    const done = events.filter(({ type }) => type === 'import done');
    expect(done).toMatchObject([{ importId: importId(first) }, { importId: importId(second) }]);
  });

  test('wait until a minute has passed since their upload, and no longer', async () => {
    const { clock, upload, notify, settle, queue, importOf } = orderedWorld();
    const object = upload('a');
    await clock.run(clock.sleep(10_000));
    await notify(object);
    expect(queue.messages).toMatchObject([{ delayMs: 50_000 }]);
    expect(await settle()).toEqual(['finished']);
    const { startedAtMs } = await importOf(object);
    expect(startedAtMs! - object.uploadedAtMs!).toBe(MINUTE_MS);
  });

  test('wait without a message while another one is loaded, and get theirs from its end', async () => {
    const { clock, upload, notify, loadNext, settle, queue, names, events } = orderedWorld();
    const objects = [upload('a')];
    await clock.run(clock.sleep(2 * MINUTE_MS));
    expect(await notify(objects[0]!)).toMatchObject({ kind: 'queued' });
    for (const name of ['b', 'c']) {
      objects.push(upload(name));
      await notify(objects.at(-1)!);
      await clock.run(clock.sleep(MINUTE_MS));
    }
    expect(queue.messages).toHaveLength(1);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'import waits', behind: importId(objects[0]!) }),
    );
    expect(await loadNext()).toMatchObject({ kind: 'finished' });
    expect(queue.messages).toMatchObject([{ importId: importId(objects[1]!), delayMs: 0 }]);
    await settle();
    expect(names()).toEqual([{ S: 'c' }]);
  });

  test('are each loaded, also as versions of one key', async () => {
    const { clock, upload, notify, settle, statuses } = orderedWorld();
    const objects = [upload('a', 'id,v\np1,1\n')];
    await clock.run(clock.sleep(10));
    objects.push(upload('a', 'id,v\np2,2\n'));
    for (const object of objects) await notify(object);
    await settle();
    expect(await statuses(...objects)).toEqual(['done', 'done']);
  });

  test('fail as `arrived-late` if a newer one has begun, and no row of theirs is written', async () => {
    const { clock, upload, notify, settle, statuses, importOf, names, queue } = orderedWorld();
    const late = upload('late');
    await clock.run(clock.sleep(10));
    const newer = upload('newer');
    await notify(newer);
    await settle();
    expect(await notify(late)).toEqual({ kind: 'failed', importId: importId(late) });
    expect(queue.messages).toEqual([]);
    expect(await statuses(late, newer)).toEqual(['failed', 'done']);
    expect((await importOf(late)).failure).toMatchObject({
      code: 'arrived-late',
      reason: expect.stringContaining('upload the file again'),
    });
    expect(names()).toEqual([{ S: 'newer' }]);
    expect(await notify(late)).toEqual({ kind: 'known', importId: importId(late) });
  });

  test('let the next one go on if one fails, which then has a warning', async () => {
    const { clock, upload, notify, settle, statuses, importOf } = orderedWorld();
    const broken = upload('broken', '');
    await clock.run(clock.sleep(10));
    const next = upload('next');
    for (const object of [broken, next]) await notify(object);
    await settle();
    expect(await statuses(broken, next)).toEqual(['failed', 'done']);
    expect((await importOf(next)).warnings).toMatchObject([
      { code: 'earlier-file-missing', text: expect.stringContaining('broken.csv') },
    ]);
  });

  test('wait for the lease of an earlier one that has ended', async () => {
    const { clock, upload, notify, loadNext, settle, statuses, ledger, queue } = orderedWorld();
    const [first, second] = [upload('a'), upload('b')];
    await clock.run(clock.sleep(2 * MINUTE_MS));
    for (const object of [first, second]) await notify(object);
    const untilMs = clock.now() + MINUTE_MS;
    await ledger.claim(
      { importId: importId(first), chunk: 0, owner: 'dying' },
      { epoch: 0, nowMs: clock.now(), untilMs },
    );
    await ledger.end(importId(first), {
      status: 'failed',
      failure: { code: 'object-gone', reason: 'Gone.' },
      atMs: clock.now(),
    });
    queue.messages.splice(0);
    await clock.run(clock.sleep(1));
    // The event comes again: the ended one is reported, and passes its turn on.
    await notify(first);
    expect(await loadNext()).toEqual({ kind: 'held', untilMs });
    await settle();
    expect(clock.now()).toBeGreaterThan(untilMs);
    expect(await statuses(second)).toEqual(['done']);
  });

  test.each(['after the end', 'after the turn is passed', 'before the import is closed'])(
    'go on if the process that ends one dies %s',
    async (when) => {
      let isMortal = true;
      const die = (at: string): void => {
        if (isMortal && at === when) throw new Error('killed');
      };
      const made = orderedWorld({
        ports: ({ ledger }) => ({
          ledger: {
            ...ledger,
            end: async (...given) => {
              const ended = await ledger.end(...given);
              die('after the end');
              return ended;
            },
            changeTurn: async (...given) => {
              const isChanged = await ledger.changeTurn(...given);
              if (given[1].importId !== null) die('after the turn is passed');
              return isChanged;
            },
            close: async (id) => {
              die('before the import is closed');
              await ledger.close(id);
            },
          },
        }),
      });
      const { clock, upload, notify, loadNext, settle, queue, statuses } = made;
      const [first, second] = [upload('a'), upload('b')];
      await clock.run(clock.sleep(2 * MINUTE_MS));
      for (const object of [first, second]) await notify(object);
      const [message] = queue.messages;
      await expect(loadNext()).rejects.toThrow('killed');
      isMortal = false;
      queue.messages.push({ ...message!, delayMs: MINUTE_MS });
      await settle();
      expect(await statuses(first, second)).toEqual(['done', 'done']);
    },
  );

  test('are found by the sweep if `accept` dies before one takes its place', async () => {
    let isMortal = true;
    const { clock, upload, notify, settle, sweepNow, statuses } = orderedWorld({
      ports: ({ ledger }) => ({
        ledger: {
          ...ledger,
          takePlace: async (...given) => {
            if (isMortal) throw new Error('killed');
            await ledger.takePlace(...given);
          },
        },
      }),
    });
    const object = upload('a');
    await expect(notify(object)).rejects.toThrow('killed');
    isMortal = false;
    await clock.run(clock.sleep(2 * MINUTE_MS));
    await sweepNow();
    await sweepNow();
    await settle();
    expect(await statuses(object)).toEqual(['done']);
  });
});

describe('a stalled import that has the turn', () => {
  async function stalledWorld() {
    const made = orderedWorld();
    const { clock, upload, notify, ledger, queue } = made;
    const stalled = upload('stalled');
    await clock.run(clock.sleep(2 * MINUTE_MS));
    await notify(stalled);
    const next = upload('next');
    await notify(next);
    queue.messages.splice(0);
    await ledger.mark(importId(stalled), 'stalled', { code: 'function-died', reason: 'It died.' });
    return { ...made, stalled, next };
  }

  test('keeps it for an hour, then the next one goes on, and an event says so', async () => {
    const { clock, sweepNow, settle, statuses, stalled, next, events, queue, importOf, ledger } =
      await stalledWorld();
    await sweepNow();
    await clock.run(clock.sleep(HOUR_MS - 1));
    await sweepNow();
    expect(queue.messages).toEqual([]);
    expect(events.map(({ type }) => type)).not.toContain('turn passed on');
    await clock.run(clock.sleep(1));
    await sweepNow();
    expect(events).toContainEqual({
      type: 'turn passed on',
      level: 'warn',
      importId: importId(stalled),
      dataset: 'people',
      to: importId(next),
      blockedS: 3600,
    });
    await settle();
    expect(await statuses(stalled, next)).toEqual(['stalled', 'done']);
    expect((await importOf(next)).warnings).toMatchObject([{ code: 'earlier-file-missing' }]);
    const { notice } = await importDetails(ledger, importId(stalled), clock.now());
    expect(notice).toContain(`sluice retry ${importId(stalled)} --behind-newer`);
  });

  test('is retried without more ado in this hour, and the hour begins anew', async () => {
    const { clock, sweepNow, settle, statuses, stalled, next, names, ledger, queue } = await stalledWorld();
    await sweepNow();
    expect(await retry({ ledger, queue }, importId(stalled))).toEqual({ kind: 'queued', messages: 1 });
    await sweepNow();
    expect((await ledger.readTurn('people')).blockedSinceMs).toBeNull();
    await settle();
    expect(await statuses(stalled, next)).toEqual(['done', 'done']);
    expect(names()).toEqual([{ S: 'next' }]);
    expect(clock.now()).toBeGreaterThan(0);
  });

  test('needs a flag to be retried behind newer ones, and is then loaded last', async () => {
    const { clock, upload, notify, sweepNow, settle, statuses, stalled, next, names, ledger, queue, items } =
      await stalledWorld();
    await sweepNow();
    await clock.run(clock.sleep(HOUR_MS));
    await sweepNow();
    const third = upload('third');
    await notify(third);
    await expect(retry({ ledger, queue }, importId(stalled))).rejects.toMatchObject({
      code: 'behind-newer',
      message: expect.stringContaining('--behind-newer'),
    });
    expect(await statuses(stalled)).toEqual(['stalled']);
    expect(await retry({ ledger, queue }, importId(stalled), { behindNewer: true })).toEqual({
      kind: 'waits',
      behind: importId(next),
    });
    await settle();
    expect(await statuses(stalled, next, third)).toEqual(['done', 'done', 'done']);
    expect(names()).toEqual([{ S: 'stalled' }]);
    expect(items()).toHaveLength(1);
  });

  test('that has been passed over is not loaded by a message that comes late', async () => {
    const { clock, sweepNow, settle, loadNext, statuses, stalled, next, queue, names } = await stalledWorld();
    await sweepNow();
    await clock.run(clock.sleep(HOUR_MS));
    await sweepNow();
    queue.messages.unshift({ importId: importId(stalled), chunk: 0, epoch: 3, delayMs: 0 });
    expect(await loadNext()).toMatchObject({ kind: 'dropped' });
    await settle();
    expect(await statuses(stalled, next)).toEqual(['stalled', 'done']);
    expect(names()).toEqual([{ S: 'next' }]);
  });
});

test('an import that waits is neither silent nor stalled, and its overview names the one that comes first', async () => {
  const { clock, upload, notify, sweepNow, events, ledger, queue } = orderedWorld();
  const first = upload('a');
  await clock.run(clock.sleep(2 * MINUTE_MS));
  await notify(first);
  const second = upload('b');
  await notify(second);
  for (let sweeps = 0; sweeps < 30; sweeps++) {
    await clock.run(clock.sleep(5 * MINUTE_MS));
    // The first one makes progress.
    const terms = { epoch: sweeps, nowMs: clock.now(), untilMs: clock.now() + 6 * MINUTE_MS };
    await ledger.claim({ importId: importId(first), chunk: 0, owner: 'a' }, terms);
    await sweepNow();
  }
  expect(events.at(-1)).toMatchObject({ type: 'sweep done', open: 2, stalled: 0, silent: 0 });
  const { notice } = await importDetails(ledger, importId(second), clock.now());
  expect(notice).toContain(`Waits for import ${importId(first)}`);
  expect(queue.messages).toHaveLength(1);
});

test('a local file has its place behind all that have come, and its process looks for its turn', async () => {
  const { clock, upload, notify, registerLocalFile, ledger, queue, loadNext, settle, statuses, names } =
    orderedWorld();
  const first = upload('a');
  await clock.run(clock.sleep(2 * MINUTE_MS));
  await notify(first);
  const { id } = await registerLocalFile('/data/local.csv', (own) => lastPlace(ledger, 'people', own));
  queue.messages.unshift({ importId: id, chunk: 0, epoch: 0, delayMs: 0 });
  expect(await loadNext()).toMatchObject({ kind: 'held' });
  expect(queue.messages.map(({ importId }) => importId)).toEqual([importId(first), id]);
  await loadNext();
  expect(await statuses(first)).toEqual(['done']);
  expect(queue.messages.map(({ importId }) => importId)).toEqual([id]);
  expect((await ledger.readTurn('people')).importId).toBe(id);
  expect(placeBehind('', id) < (await ledger.readImport(id))!.place!).toBe(true);
  expect(names()).toEqual([{ S: 'a' }]);
  await settle();
});
