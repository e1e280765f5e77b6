import { refusedAll } from '../../sim/table.ts';
import { describe, expect, test } from 'vitest';
import type { Ledger, TableWriter } from '../../src/core/ports.ts';
import { importId, type ObjectRef, type Lease } from '../../src/core/imports/import.ts';
import { loadMessage } from '../../src/engine/loading/load-message.ts';
import type { Fate } from '../../sim/table.ts';
import { world } from './world.ts';

/** Of a lease, in which nothing may be sent any more. */
const QUIET_MS = 40_000;
const LINGER_MS = 5_000;

describe('a loader', () => {
  test('claims the chunk before it reads the import, and releases it if the import has ended', async () => {
    const { drop, loadNext, ledger } = world();
    const object = await drop('id\np1\n');
    const failure = { code: 'object-gone', reason: 'It was deleted.' } as const;
    await ledger.end(importId(object), { status: 'failed', failure, atMs: 0 });
    expect(await loadNext()).toEqual({ kind: 'dropped', reason: 'the import is failed' });
    expect((await ledger.readChunks(importId(object)))[0]?.lease).toBeNull();
  });

  test('hides its message for as long as its lease as soon as it has claimed the chunk, and with each checkpoint', async () => {
    const done: string[] = [];
    const { clock, drop, ports, datasets, queue } = world({
      ports: ({ ledger, queue }) => ({
        ledger: {
          ...ledger,
          claim: (...given) => told('claim', () => ledger.claim(...given)),
          readImport: (...given) => told('read', () => ledger.readImport(...given)),
          checkpoint: (...given) => told('checkpoint', () => ledger.checkpoint(...given)),
        },
        queue: {
          ...queue,
          hide: async (receipt, forMs) => void done.push(`hide ${receipt} for ${forMs / 1000} s`),
        },
      }),
    });
    await drop('id,name\np1,a\n');
    const message = queue.messages.shift()!;
    const options = { owner: 'own', deadlineMs: 900_000, receipt: 'r1', emit: () => undefined };
    done.length = 0;
    await clock.run(loadMessage(ports, datasets, message, options));
    expect(done.slice(0, 3)).toEqual(['claim', 'hide r1 for 60 s', 'read']);
    const kept = done.indexOf('checkpoint');
    expect(done[kept + 1]).toBe('hide r1 for 60 s');

    async function told<T>(what: string, call: () => Promise<T>): Promise<T> {
      done.push(what);
      return call();
    }
  });

  test('queues a copy of its message for the end of the lease if another loader has the chunk', async () => {
    const { clock, drop, loadNext, ledger, queue, items } = world();
    const object = await drop('id\np1\n');
    const lease: Lease = { importId: importId(object), chunk: 0, owner: 'dead' };
    const nowMs = clock.now();
    await ledger.claim(lease, { epoch: 0, nowMs, untilMs: nowMs + 60_000 });
    expect(await loadNext()).toEqual({ kind: 'held', untilMs: nowMs + 60_000 });
    expect(queue.messages).toEqual([{ importId: lease.importId, chunk: 0, epoch: 0, delayMs: 61_000 }]);
    await clock.run(clock.sleep(61_000));
    expect(await loadNext()).toEqual({ kind: 'finished', isDone: true });
    expect(items()).toHaveLength(1);
  });

  test('whose lease another loader has taken does not acknowledge its message: the other loader may work on it', async () => {
    const { clock, drop, loadNext, ledger, events } = world({
      ports: ({ ledger }) => ({
        ledger: {
          ...ledger,
          async begin(importId, nowMs) {
            await ledger.begin(importId, nowMs);
            const later = clock.now() + 120_000;
            const terms = { epoch: 0, nowMs: later, untilMs: later + 60_000 };
            await ledger.claim({ importId, chunk: 0, owner: 'another' }, terms);
          },
        },
      }),
    });
    const object = await drop('id\np1\n');
    expect(await loadNext()).toEqual({ kind: 'lost' });
    expect(events.at(-1)).toMatchObject({ type: 'lease lost', chunk: 0, epoch: 0 });
    expect((await ledger.readChunks(importId(object)))[0]?.lease?.owner).toBe('another');
  });

  test('whose lease another loader has taken before it was released does not acknowledge its message either', async () => {
    const { clock, drop, loadNext, ledger } = world({
      ports: ({ ledger }) => ({
        ledger: {
          ...ledger,
          async readImport(id) {
            const later = clock.now() + 120_000;
            const terms = { epoch: 0, nowMs: later, untilMs: later + 60_000 };
            await ledger.claim({ importId: id, chunk: 0, owner: 'another' }, terms);
            return ledger.readImport(id);
          },
        },
      }),
    });
    const object = await drop('id\np1\n');
    const failure = { code: 'object-gone', reason: 'It was deleted.' } as const;
    await ledger.end(importId(object), { status: 'failed', failure, atMs: 0 });
    expect(await loadNext()).toEqual({ kind: 'lost' });
  });

  test('is the only one of several with the same epoch that hands on', async () => {
    const { clock, drop, loadNext, queue, loadAll, importOf } = world({
      fate: unitsASecond(50, () => clock.now()),
    });
    const object = await drop(`id,name\n${rowsOf(2000)}`);
    queue.messages.push({ ...queue.messages[0]! });
    expect(await loadNext(20_000)).toEqual({ kind: 'continued' });
    expect(await loadNext(20_000)).toMatchObject({
      kind: 'dropped',
      reason: expect.stringContaining('later'),
    });
    expect(queue.messages).toMatchObject([{ epoch: 1, delayMs: 1000 }]);
    await loadAll(20_000);
    expect((await importOf(object)).counts).toMatchObject({ read: 2000, written: 2000 });
  });

  test('stops at the next checkpoint when the import has ended', async () => {
    let object: ObjectRef | null = null;
    let endedAtMs = 0;
    let lastWriteMs = 0;
    const { clock, drop, loadNext, ledger, queue } = world({
      fate: (batch, texts) => {
        lastWriteMs = clock.now();
        return slow(batch, texts);
      },
      ports: ({ ledger }) => ({
        ledger: {
          ...ledger,
          async checkpoint(...given) {
            await ledger.checkpoint(...given);
            if (endedAtMs > 0) return;
            endedAtMs = clock.now();
            const failure = { code: 'table-missing', reason: 'Another chunk saw it.' } as const;
            await ledger.end(importId(object!), { status: 'failed', failure, atMs: endedAtMs });
          },
        },
      }),
    });
    const slow = unitsASecond(50, () => clock.now());
    object = await drop(`id,name\n${rowsOf(5000)}`);
    expect(await loadNext()).toEqual({ kind: 'dropped', reason: 'the import has ended' });
    expect(lastWriteMs).toBeLessThanOrEqual(endedAtMs);
    expect((await ledger.readChunks(importId(object)))[0]).toMatchObject({ lease: null, finished: false });
    expect(queue.messages).toEqual([]);
  });

  test('sends nothing in the last 40 s of its lease, even after its process was suspended', async () => {
    const freezes = [30_000, 70_000, 21_000];
    let frozenMs = 0;
    let leaseUntilMs = 0;
    let requests = 0;
    const sent: { atMs: number; leaseUntilMs: number }[] = [];
    const { drop, loadNext, importOf } = world({
      ports: (ports) => {
        const clock = { ...ports.clock, now: () => ports.clock.now() + frozenMs };
        return {
          clock,
          ledger: watchLeases(ports.ledger, (untilMs) => (leaseUntilMs = untilMs)),
          table: (dataset) =>
            watchWrites(ports.table(dataset), () => sent.push({ atMs: clock.now(), leaseUntilMs })),
        };
      },
      fate: () => {
        requests++;
        if (requests % 10 === 0) frozenMs += freezes.shift() ?? 0;
        return null;
      },
    });
    const object = await drop(`id,name\n${rowsOf(3000)}`);
    expect(await loadNext(3_600_000)).toEqual({ kind: 'finished', isDone: true });
    expect((await importOf(object)).counts).toMatchObject({ read: 3000, written: 3000 });
    expect(freezes).toEqual([]);
    expect(sent.filter(({ atMs, leaseUntilMs }) => atMs > leaseUntilMs - QUIET_MS)).toEqual([]);
  });

  test.each([
    ['back by two minutes', -120_000],
    ['forward by two minutes', 120_000],
  ])('sends nothing in the last 40 s of its lease where its clock is set %s', async (_, byMs) => {
    let stepMs = 0;
    let leaseUntilMs = 0;
    const sent: { atMs: number; leaseUntilMs: number }[] = [];
    const { clock, drop, loadNext, importOf } = world({
      ports: (ports) => ({
        clock: { ...ports.clock, now: () => ports.clock.now() + stepMs },
        ledger: watchLeases(ports.ledger, (untilMs) => (leaseUntilMs = untilMs)),
        table: (dataset) =>
          watchWrites(ports.table(dataset), () => sent.push({ atMs: clock.now(), leaseUntilMs })),
      }),
      fate: (batch, texts) => {
        if (sent.length >= 10) stepMs = byMs;
        return slow(batch, texts);
      },
    });
    const slow = unitsASecond(350, () => clock.now());
    const object = await drop(`id,name\n${rowsOf(40_000)}`);
    expect(await loadNext()).toEqual({ kind: 'finished', isDone: true });
    expect((await importOf(object)).counts).toMatchObject({ read: 40_000, written: 40_000 });
    expect(stepMs).toBe(byMs);
    expect(sent.at(-1)!.atMs - sent[0]!.atMs).toBeGreaterThan(100_000);
    expect(sent.filter(({ atMs, leaseUntilMs }) => atMs > leaseUntilMs - QUIET_MS)).toEqual([]);
  });

  test('counts its lease from the clock of its own invocation, not of an earlier one', async () => {
    let stepMs = 0;
    const claims: { nowMs: number; untilMs: number }[] = [];
    const { clock, drop, loadNext } = world({
      ports: ({ clock: trueClock, ledger }) => ({
        clock: { ...trueClock, now: () => trueClock.now() + stepMs },
        ledger: {
          ...ledger,
          claim(lease, terms) {
            claims.push({ nowMs: terms.nowMs, untilMs: terms.untilMs });
            return ledger.claim(lease, terms);
          },
        },
      }),
    });
    await drop('id,name\np1,a\n');
    await drop('id,name\np2,b\n', 'people/b.csv');
    await loadNext();
    stepMs = -120_000;
    await loadNext();
    const nowMs = clock.now() - 120_000;
    expect(claims[1]).toEqual({ nowMs, untilMs: nowMs + 60_000 });
  });

  test('does not send the halves of a refused batch after that time either', async () => {
    let frozenMs = 0;
    let leaseUntilMs = 0;
    const sent: { atMs: number; leaseUntilMs: number }[] = [];
    const { drop, loadNext, importOf } = world({
      ports: (ports) => {
        const clock = { ...ports.clock, now: () => ports.clock.now() + frozenMs };
        return {
          clock,
          ledger: watchLeases(ports.ledger, (untilMs) => (leaseUntilMs = untilMs)),
          table: (dataset) =>
            watchWrites(ports.table(dataset), () => sent.push({ atMs: clock.now(), leaseUntilMs })),
        };
      },
      fate: (batch) => {
        if (!batch.some((item) => item['id']!['S'] === 'p3')) return null;
        if (batch.length > 1) frozenMs += 9_000;
        return refusedAll(batch.length, 'an index key is empty');
      },
    });
    const object = await drop(`id,name\n${rowsOf(25)}`);
    expect(await loadNext(3_600_000)).toEqual({ kind: 'finished', isDone: true });
    expect((await importOf(object)).counts).toMatchObject({ read: 25, written: 24, rejected: 1 });
    expect(frozenMs).toBeGreaterThan(30_000);
    expect(sent.filter(({ atMs, leaseUntilMs }) => atMs > leaseUntilMs - QUIET_MS)).toEqual([]);
  });

  test('lets a lane rest after a lost answer, as long as the request may still be carried out', async () => {
    const writes: { id: string; atMs: number }[] = [];
    let isLost = true;
    const { clock, drop, loadAll, items } = world({
      fate: (batch) => {
        const ids = batch.map((item) => item['id']!['S'] as string);
        for (const id of ids) writes.push({ id, atMs: clock.now() });
        if (!isLost || !ids.includes('p1')) return null;
        isLost = false;
        return { held: [...batch.keys()], reason: 'unavailable', units: 0 };
      },
    });
    await drop('id,name\np1,a\np2,b\np1,c\n');
    await loadAll();
    expect(items()).toContainEqual({ id: { S: 'p1' }, name: { S: 'c' } });
    const [first, second] = writes.filter(({ id }) => id === 'p1').map(({ atMs }) => atMs);
    expect(second! - first!).toBeGreaterThanOrEqual(LINGER_MS);
  });

  test('lets it rest as long if its clock is set forward meanwhile', async () => {
    const writes: { id: string; atMs: number }[] = [];
    let stepMs = 0;
    const { clock, drop, loadNext } = world({
      ports: (ports) => ({ clock: { ...ports.clock, now: () => ports.clock.now() + stepMs } }),
      fate: (batch) => {
        const ids = batch.map((item) => item['id']!['S'] as string);
        for (const id of ids) writes.push({ id, atMs: clock.now() });
        if (writes.filter(({ id }) => id === 'p1').length !== 1 || !ids.includes('p1')) return null;
        stepMs = 10_000;
        return { held: [...batch.keys()], reason: 'unavailable', units: 0 };
      },
    });
    await drop(`id,name\n${rowsOf(100)}`);
    expect(await loadNext()).toEqual({ kind: 'finished', isDone: true });
    const [first, second] = writes.filter(({ id }) => id === 'p1').map(({ atMs }) => atMs);
    expect(second! - first!).toBeGreaterThanOrEqual(LINGER_MS);
  });

  test('releases its lease only when no lost request can be carried out any more', async () => {
    let lastLostMs = 0;
    let releasedMs = 0;
    const { clock, drop, loadNext } = world({
      fate: (batch) => {
        lastLostMs = clock.now();
        return { held: [...batch.keys()], reason: 'unavailable', units: 0 };
      },
      ports: ({ ledger }) => ({
        ledger: {
          ...ledger,
          async release(...given) {
            releasedMs = clock.now();
            await ledger.release(...given);
          },
        },
      }),
    });
    await drop(`id,name\n${rowsOf(100)}`);
    expect(await loadNext(60_000)).toEqual({ kind: 'continued' });
    expect(releasedMs - lastLostMs).toBeGreaterThanOrEqual(LINGER_MS);
  });

  test('replaces the rejects that a dead loader left for its first range, so that each exists once', async () => {
    let isDying = true;
    const { clock, drop, loadNext, loadAll, queue, importOf, rejects, results } = world({
      fate: (batch, texts) => (isDying ? null : slow(batch, texts)),
      ports: ({ ledger }) => ({
        ledger: {
          ...ledger,
          async checkpoint(...given) {
            if (isDying) throw new Error('killed');
            await ledger.checkpoint(...given);
          },
        },
      }),
    });
    const slow = unitsASecond(50, () => clock.now());
    const object = await drop(`id,age\n${rowsOf(1000, '1')}bad,x\n`);
    const message = { ...queue.messages[0]! };
    await expect(loadNext()).rejects.toThrow('killed');
    expect(rejects()).toMatchObject([{ id: 'bad' }]);
    isDying = false;
    await clock.run(clock.sleep(61_000));
    queue.messages.push(message);
    await loadAll();
    expect((await importOf(object)).counts).toMatchObject({ read: 1001, written: 1000, rejected: 1 });
    expect(rejects()).toMatchObject([{ id: 'bad' }]);
    expect([...results.files.keys()].filter((name) => name.startsWith('rejects/'))).toHaveLength(2);
  });
});

/** A table that takes so many units a second. */
function unitsASecond(rate: number, now: () => number): Fate {
  let credit = rate;
  let at: number | null = null;
  return (batch) => {
    const nowMs = now();
    credit = Math.min(rate, credit + ((nowMs - (at ?? nowMs)) / 1000) * rate);
    at = nowMs;
    const written = Math.min(batch.length, Math.floor(credit));
    credit -= written;
    const held = [...batch.keys()].slice(written);
    return { held, reason: held.length > 0 ? 'table-capacity' : null, units: written };
  };
}

function watchLeases(ledger: Ledger, onLease: (untilMs: number) => void): Ledger {
  return {
    ...ledger,
    async claim(lease, terms) {
      const answer = await ledger.claim(lease, terms);
      if (answer.kind === 'claimed') onLease(terms.untilMs);
      return answer;
    },
    async checkpoint(lease, checkpoint, untilMs) {
      await ledger.checkpoint(lease, checkpoint, untilMs);
      onLease(untilMs);
    },
  };
}

function watchWrites(inner: TableWriter, onWrite: () => void): TableWriter {
  return {
    write(items) {
      onWrite();
      return inner.write(items);
    },
    close: () => inner.close(),
  };
}

function rowsOf(count: number, value = 'name'): string {
  return Array.from({ length: count }, (_, index) => `p${index},${value}\n`).join('');
}
