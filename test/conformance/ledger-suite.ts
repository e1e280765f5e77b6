import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_TEXT_BYTES } from '../../src/core/bounded-text.ts';
import { noCounts } from '../../src/core/imports/counts.ts';
import type { ImportRecord, Lease } from '../../src/core/imports/import.ts';
import { lineSet } from '../../src/core/imports/line-set.ts';
import { nextTurn, noTurn, type Place } from '../../src/core/imports/order.ts';
import type { Ledger } from '../../src/core/ports.ts';

import {
  at,
  failure,
  halves,
  leaseOf,
  minute,
  newImport,
  rows,
  t0,
  terms,
  times,
} from './ledger-fixtures.ts';

export type OpenLedger = () => Promise<{ ledger: Ledger; close: () => Promise<void> }>;

/** The Ledger's contract, for any that `open` gives. It may hold other imports already. */
export function describeLedger(name: string, open: OpenLedger): void {
  describe(`the ledger in ${name}`, () => {
    let ledger: Ledger;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ ledger, close } = await open());
    });
    afterAll(() => close?.());

    describe('register', () => {
      test('brings an import in as queued, with chunks not yet begun', async () => {
        const record = newImport({ object: { versionId: null, sequencer: null } });
        const answer = await ledger.register(record, halves);
        const queued: ImportRecord = {
          ...record,
          status: 'queued',
          chunkCount: 2,
          finishedChunks: [],
          counts: noCounts,
          units: 0,
          startedAtMs: null,
          endedAtMs: null,
          failure: null,
          lastFailure: null,
          isOpen: true,
          repairOf: [],
          warnings: [],
          watch: null,
          place: null,
        };
        expect(answer).toEqual({ record: queued, isNew: true });
        expect(await ledger.readImport(record.id)).toEqual(queued);
        expect(await ledger.readChunks(record.id)).toEqual(
          halves.map(({ startLine, ...range }, index) => ({
            importId: record.id,
            index,
            ...range,
            checkpoint: { offsetBytes: range.startBytes, line: startLine, counts: noCounts, units: 0 },
            epoch: 0,
            lease: null,
            finished: false,
          })),
        );
      });

      test('leaves an import that is there as it is, also where the new one differs', async () => {
        const { id, lease } = await claimed();
        const before = await ledger.readChunks(id);
        const again = await ledger.register({ ...newImport({ id }), dataset: 'other' }, [
          { startBytes: 0, endBytes: 1000, startLine: 1 },
        ]);
        expect(again.isNew).toBe(false);
        expect(again.record).toEqual(await ledger.readImport(id));
        expect(again.record.dataset).toBe('people');
        expect(await ledger.readChunks(id)).toEqual(before);
        expect(before[0]?.lease?.owner).toBe(lease.owner);
      });

      test('keeps many chunks, and answers them in order', async () => {
        const record = newImport({});
        const chunks = times(45, (index) => ({
          startBytes: index * 10,
          endBytes: index * 10 + 10,
          startLine: index + 1,
        }));
        await ledger.register(record, chunks);
        const read = await ledger.readChunks(record.id);
        expect(read.map(({ index }) => index)).toEqual([...chunks.keys()]);
        expect(
          read.map(({ startBytes, endBytes, checkpoint }) => ({
            startBytes,
            endBytes,
            startLine: checkpoint.line,
          })),
        ).toEqual(chunks);
      });

      test('keeps what is in names and numbers: unicode, quotes, sizes over 4 GB', async () => {
        const record = newImport({
          object: { key: 'people/ä "😀"\n+%41.csv', sizeBytes: 2 ** 45 + 1, sequencer: '0055AED6DCD90281E5' },
        });
        await ledger.register(record, [{ startBytes: 0, endBytes: 2 ** 45 + 1, startLine: 1 }]);
        expect((await ledger.readImport(record.id))?.object).toEqual(record.object);
        expect((await ledger.readChunks(record.id))[0]?.endBytes).toBe(2 ** 45 + 1);
      });
    });

    describe('the order of a dataset', () => {
      test('gives the places one after another, each once', async () => {
        const dataset = randomUUID();
        expect(await ledger.nextPlace(dataset, '')).toBeNull();
        expect(await ledger.lastPlace(dataset)).toBeNull();
        for (const place of ['2#b', '1#a', '3#c', '1#a'])
          await ledger.takePlace(dataset, { place, importId: place }, t0);
        await ledger.takePlace(randomUUID(), { place: '2#a', importId: 'x' }, t0);
        expect(await ledger.nextPlace(dataset, '')).toEqual({ place: '1#a', importId: '1#a' });
        expect(await ledger.nextPlace(dataset, '1#a')).toEqual({ place: '2#b', importId: '2#b' });
        expect(await ledger.lastPlace(dataset)).toEqual({ place: '3#c', importId: '3#c' });
        expect(await ledger.changeTurn(dataset, noTurn, nextTurn(noTurn, place('3#c'), true))).toBe(true);
        expect(await ledger.nextPlace(dataset, '3#c')).toBeNull();
      });

      test('changes the turn only from the state that was read; a repeated change succeeds', async () => {
        const dataset = randomUUID();
        expect(await ledger.readTurn(dataset)).toEqual(noTurn);
        const first = nextTurn(noTurn, place('1'), true);
        expect(await ledger.changeTurn(dataset, noTurn, first)).toBe(true);
        expect(await ledger.changeTurn(dataset, noTurn, first)).toBe(true);
        expect(await ledger.changeTurn(dataset, noTurn, nextTurn(noTurn, place('0'), true))).toBe(false);
        expect(await ledger.readTurn(dataset)).toEqual(first);
        const blocked = { ...first, serial: 2, blockedSinceMs: t0 };
        expect(await ledger.changeTurn(dataset, first, blocked)).toBe(true);
        expect(await ledger.readTurn(dataset)).toEqual(blocked);
        const over = nextTurn(blocked, place('2'), false);
        expect(await ledger.changeTurn(dataset, blocked, over)).toBe(true);
        expect(await ledger.changeTurn(dataset, first, blocked)).toBe(false);
        expect(await ledger.readTurn(dataset)).toEqual(over);
        expect(over).toMatchObject({ importId: null, previous: ['1'], blockedSinceMs: null });
      });

      test('moves an import to another place, unless it has ended', async () => {
        const record = newImport({ place: '1' });
        const { id } = record;
        await ledger.register(record, halves);
        await ledger.move(id, '2');
        expect((await ledger.readImport(id))?.place).toBe('2');
        await ledger.end(id, { status: 'failed', failure, atMs: t0 });
        await ledger.move(id, '3');
        expect((await ledger.readImport(id))?.place).toBe('2');
      });
    });

    test('keeps when the last file of a dataset came, and since when it is late', async () => {
      const dataset = randomUUID();
      const fresh = { dataset, every: '1h', sinceMs: t0, hasArrived: false, lateSinceMs: null };
      expect(await ledger.expectFeed(dataset, '1h', t0)).toEqual(fresh);
      expect(await ledger.expectFeed(dataset, '2h', t0 + 9)).toEqual({ ...fresh, every: '2h' });
      expect(await ledger.noteLate(dataset, t0 + 5)).toBe(true);
      expect(await ledger.noteLate(dataset, t0 + 6)).toBe(false);
      await ledger.noteArrival(dataset, '2h', t0 - 1);
      await ledger.noteArrival(dataset, '2h', t0 + 7);
      await ledger.noteArrival(dataset, '2h', t0 + 3);
      const late = { dataset, every: '2h', sinceMs: t0 + 7, hasArrived: true, lateSinceMs: t0 + 5 };
      expect(await ledger.listFeeds()).toContainEqual(late);
      expect(await ledger.noteLate(dataset, null)).toBe(true);
      expect(await ledger.noteLate(dataset, null)).toBe(false);
      const other = randomUUID();
      await ledger.noteArrival(other, '7d', t0);
      expect(await ledger.expectFeed(other, '7d', t0 + 1)).toEqual({
        ...late,
        dataset: other,
        every: '7d',
        sinceMs: t0,
        lateSinceMs: null,
      });
    });

    test('knows nothing of an import that was never registered', async () => {
      const id = randomUUID();
      expect(await ledger.readImport(id)).toBeNull();
      expect(await ledger.readChunks(id)).toEqual([]);
      await ledger.begin(id, t0);
      expect(await ledger.readImport(id)).toBeNull();
      expect(await ledger.claim(leaseOf(id, 'a'), terms(0))).toEqual({ kind: 'unknown' });
      await expect(ledger.countChunk(id, 0, noCounts, 0)).rejects.toMatchObject({ code: 'import-unknown' });
      await expect(ledger.end(id, { status: 'failed', failure, atMs: t0 })).rejects.toMatchObject({
        code: 'import-unknown',
      });
    });

    test('lists the latest imports first, of one dataset or of all, up to the limit', async () => {
      const dataset = `d-${randomUUID()}`;
      // Later than all that other tests register, so that they lead the list of all.
      const records = [0, 2, 1].map((hour) => newImport({ dataset, queuedAtMs: t0 + 10 ** 10 + hour }));
      for (const record of records) await ledger.register(record, halves);
      const other = newImport({ dataset: `${dataset}-2`, queuedAtMs: t0 + 10 ** 10 + 3 });
      await ledger.register(other, halves);
      const [first, third, second] = records.map(({ id }) => id);
      expect((await ledger.listImports(dataset, 10)).map(({ id }) => id)).toEqual([third, second, first]);
      expect((await ledger.listImports(dataset, 2)).map(({ id }) => id)).toEqual([third, second]);
      expect((await ledger.listImports(null, 2)).map(({ id }) => id)).toEqual([other.id, third]);
      expect((await ledger.listImports(dataset, 1))[0]).toEqual(await ledger.readImport(third!));
      expect(await ledger.listImports(`d-${randomUUID()}`, 10)).toEqual([]);
    });

    describe('claim', () => {
      test('takes a free lease and sets the epoch', async () => {
        const { id } = await registered();
        const answer = await ledger.claim(leaseOf(id, 'a'), terms(3));
        const [chunk, other] = await ledger.readChunks(id);
        expect(answer).toEqual({ kind: 'claimed', chunk, takenOver: false });
        expect(chunk).toMatchObject({ epoch: 3, lease: { owner: 'a', untilMs: t0 + minute } });
        expect(other).toMatchObject({ epoch: 0, lease: null });
      });

      test('is refused while another holds the lease, and says until when', async () => {
        const { id } = await claimed();
        expect(await ledger.claim(leaseOf(id, 'b'), terms(0, minute - 1))).toEqual({
          kind: 'held',
          untilMs: t0 + minute,
        });
        expect((await ledger.readChunks(id))[0]?.lease?.owner).toBe('a');
      });

      test('takes an expired lease over, from its very last millisecond on', async () => {
        const { id } = await claimed();
        expect(await ledger.claim(leaseOf(id, 'b'), terms(0, minute))).toMatchObject({
          kind: 'claimed',
          chunk: { lease: { owner: 'b', untilMs: t0 + 2 * minute } },
          takenOver: true,
        });
      });

      test('may be repeated by the owner, who resumes from the checkpoint', async () => {
        const { id, lease } = await claimed();
        await ledger.checkpoint(lease, at(100), t0 + minute);
        expect(await ledger.claim(lease, terms(0, 10))).toMatchObject({
          kind: 'claimed',
          chunk: { checkpoint: at(100), lease: { owner: 'a', untilMs: t0 + 10 + minute } },
          takenOver: true,
        });
        expect(await ledger.readChunks(id)).toHaveLength(2);
      });

      test('of an older epoch is stale, held or not, for every owner', async () => {
        const { id, lease } = await claimed(5);
        expect(await ledger.claim(leaseOf(id, 'b'), terms(4))).toEqual({ kind: 'stale' });
        expect(await ledger.claim(lease, terms(4))).toEqual({ kind: 'stale' });
        await ledger.release(lease, at(10), 5);
        expect(await ledger.claim(leaseOf(id, 'b'), terms(4, 2 * minute))).toEqual({ kind: 'stale' });
        expect(await ledger.claim(leaseOf(id, 'b'), terms(5))).toMatchObject({ kind: 'claimed' });
      });

      test('of a later epoch waits for the lease like any other', async () => {
        const { id } = await claimed();
        expect(await ledger.claim(leaseOf(id, 'b'), terms(1))).toMatchObject({ kind: 'held' });
        expect((await ledger.readChunks(id))[0]?.epoch).toBe(0);
      });

      test('answers finished for a finished chunk, whatever the epoch', async () => {
        const { id, lease } = await claimed(2);
        await ledger.finishChunk(lease, at(500));
        const [chunk] = await ledger.readChunks(id);
        expect(await ledger.claim(leaseOf(id, 'b'), terms(1))).toEqual({ kind: 'finished', chunk });
        expect(await ledger.claim(lease, terms(3, 2 * minute))).toEqual({ kind: 'finished', chunk });
      });

      test('answers unknown for a chunk that the import has not', async () => {
        const { id } = await registered();
        expect(await ledger.claim({ importId: id, chunk: 2, owner: 'a' }, terms(0))).toEqual({
          kind: 'unknown',
        });
      });
    });

    describe('begin', () => {
      test('sets the import loading, and the start time once', async () => {
        const { id } = await registered();
        await ledger.begin(id, t0 + 1);
        await ledger.begin(id, t0 + 2);
        expect(await ledger.readImport(id)).toMatchObject({ status: 'loading', startedAtMs: t0 + 1 });
      });

      test('does nothing to an import that has ended', async () => {
        const { id } = await registered();
        await ledger.end(id, { status: 'failed', failure, atMs: t0 });
        await ledger.begin(id, t0 + 1);
        expect(await ledger.readImport(id)).toMatchObject({ status: 'failed', startedAtMs: null });
      });
    });

    describe('takeKey', () => {
      test('keeps the import of the newest version, and who was it before', async () => {
        const object = newKey();
        const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
        expect(await ledger.readKey(object)).toBeNull();
        expect(await ledger.takeKey({ ...object, sequencer: '0A' }, first, t0)).toEqual({
          importId: first,
          previous: [],
        });
        const key = { importId: second, previous: [first] };
        expect(await ledger.takeKey({ ...object, sequencer: '0A1' }, second, t0)).toEqual(key);
        expect(await ledger.takeKey({ ...object, sequencer: '0A1' }, second, t0)).toEqual(key);
        expect(await ledger.takeKey({ ...object, sequencer: '0A00' }, first, t0)).toEqual(key);
        expect(await ledger.readKey(object)).toEqual(key);
        expect(await ledger.takeKey({ ...object, sequencer: 'ff' }, third, t0)).toEqual({
          importId: third,
          previous: [second, first],
        });
      });

      test('knows one key from another, also where they are long', async () => {
        const object = newKey('ä'.repeat(470));
        const other = { ...object, key: `${object.key}/` };
        await ledger.takeKey({ ...object, sequencer: '0A' }, 'one', t0);
        await ledger.takeKey({ ...other, sequencer: '09' }, 'two', t0);
        expect(await ledger.readKey(object)).toEqual({ importId: 'one', previous: [] });
        expect(await ledger.readKey(other)).toEqual({ importId: 'two', previous: [] });
      });
    });

    test('clearKey forgets the previous imports, unless a newer one has taken the key', async () => {
      const object = newKey();
      await ledger.clearKey(object, 'a');
      expect(await ledger.readKey(object)).toBeNull();
      for (const [index, id] of ['a', 'b', 'c'].entries()) {
        await ledger.takeKey({ ...object, sequencer: `0${index}` }, id, t0);
      }
      await ledger.clearKey(object, 'b');
      expect(await ledger.readKey(object)).toEqual({ importId: 'c', previous: ['b', 'a'] });
      await ledger.clearKey(object, 'c');
      expect(await ledger.readKey(object)).toEqual({ importId: 'c', previous: [] });
    });

    describe('mark', () => {
      test.each(['queued', 'parked'] as const)(
        'makes an import %s, until begin makes it loading again, without its last failure',
        async (status) => {
          const { id } = await registered();
          await ledger.begin(id, t0);
          await ledger.mark(id, status, failure);
          expect(await ledger.readImport(id)).toMatchObject({
            status,
            startedAtMs: t0,
            endedAtMs: null,
            failure: null,
            lastFailure: failure,
          });
          await ledger.begin(id, t0 + 1);
          expect(await ledger.readImport(id)).toMatchObject({
            status: 'loading',
            startedAtMs: t0,
            lastFailure: null,
          });
        },
      );

      test('makes an import stalled, until it is queued again: other chunks are loaded and parked meanwhile', async () => {
        const { id } = await registered();
        await ledger.mark(id, 'stalled', failure);
        await ledger.begin(id, t0 + 1);
        await ledger.mark(id, 'parked', null);
        expect(await ledger.readImport(id)).toMatchObject({ status: 'stalled', lastFailure: failure });
        await ledger.mark(id, 'queued', null);
        expect(await ledger.readImport(id)).toMatchObject({ status: 'queued', lastFailure: null });
      });

      test('changes nothing about an import that has ended, or that does not exist', async () => {
        const { id } = await registered();
        await ledger.end(id, { status: 'failed', failure, atMs: t0 });
        const ended = await ledger.readImport(id);
        await ledger.mark(id, 'queued', failure);
        await ledger.noteFailure(id, failure);
        await ledger.noteWatch(id, { progress: '1', sinceMs: t0, requeues: 1 });
        expect(await ledger.readImport(id)).toEqual(ended);
        const nobody = randomUUID();
        await ledger.mark(nobody, 'stalled', null);
        await ledger.noteFailure(nobody, failure);
        await ledger.noteWatch(nobody, null);
        await ledger.close(nobody);
        expect(await ledger.readImport(nobody)).toBeNull();
      });
    });

    test('notes why the last attempt failed, until the next one begins', async () => {
      const { id } = await registered();
      await ledger.begin(id, t0);
      await ledger.noteFailure(id, { code: 'object-unreadable', reason: '名'.repeat(200_000) });
      const noted = await ledger.readImport(id);
      expect(noted).toMatchObject({ status: 'loading', lastFailure: { code: 'object-unreadable' } });
      expect(Buffer.byteLength(noted!.lastFailure!.reason)).toBeLessThanOrEqual(MAX_TEXT_BYTES);
      await ledger.begin(id, t0 + 1);
      expect(await ledger.readImport(id)).toMatchObject({ startedAtMs: t0, lastFailure: null });
    });

    test('notes what the sweep has seen, and forgets it', async () => {
      const { id } = await registered();
      const watch = { progress: '0/12/0', sinceMs: t0, requeues: 2 };
      await ledger.noteWatch(id, watch);
      expect(await ledger.readImport(id)).toMatchObject({ status: 'queued', watch });
      await ledger.noteWatch(id, null);
      expect(await ledger.readImport(id)).toMatchObject({ watch: null });
    });

    describe('listOpen', () => {
      test('lists the oldest first, page by page, those that have ended only until they are closed', async () => {
        // Older than all that other tests register.
        const records = [3, 1, 2, 2].map((hour) => newImport({ queuedAtMs: hour }));
        for (const record of records) await ledger.register(record, halves);
        const [last, first, ...twins] = records.map(({ id }) => id);
        const pages: string[] = [];
        let page = await ledger.listOpen(1, null);
        for (; pages.length < 4; page = await ledger.listOpen(1, page[0]!)) pages.push(page[0]!.id);
        expect([pages[0], pages[3]]).toEqual([first, last]);
        expect(new Set(pages.slice(1, 3))).toEqual(new Set(twins));
        await ledger.end(first!, { status: 'failed', failure, atMs: t0 });
        expect((await ledger.listOpen(2, null)).map(({ id }) => id)).toEqual(pages.slice(0, 2));
        await ledger.close(first!);
        await ledger.close(first!);
        expect(await ledger.readImport(first!)).toMatchObject({ status: 'failed', isOpen: false });
        expect((await ledger.listOpen(2, null)).map(({ id }) => id)).toEqual(pages.slice(1, 3));
        for (const id of pages) await ledger.close(id);
      });
    });

    describe('warn', () => {
      const blank = { code: 'blank-rows', text: 'Rows were skipped: 2 (: é).' } as const;
      const sep = { code: 'separator-line', text: 'Line 1 was skipped.' } as const;

      test('adds warnings to an import, each once, also to one that has ended', async () => {
        const { id } = await registered();
        await ledger.warn(id, [sep]);
        await ledger.warn(id, [sep]);
        const failure = { code: 'object-gone', reason: 'gone' } as const;
        await ledger.end(id, { status: 'failed', failure, atMs: t0 });
        await ledger.warn(id, [sep, blank]);
        expect(await ledger.readImport(id)).toMatchObject({ status: 'failed', warnings: [blank, sep] });
      });

      test('does nothing to an import that does not exist', async () => {
        await ledger.warn('nobody', [sep]);
        expect(await ledger.readImport('nobody')).toBeNull();
      });
    });

    describe('checkpoint', () => {
      test('keeps what is wrong with the rejected rows', async () => {
        const { id, lease } = await claimed();
        const faults = [
          { code: 'number-invalid', column: 'the age', rows: 3 },
          { code: 'too-few-fields', column: '', rows: 1 },
          { code: 'other', column: '', rows: 2 },
        ] as const;
        await ledger.checkpoint(lease, { ...at(123), faults }, t0 + minute);
        expect((await ledger.readChunks(id))[0]?.checkpoint).toEqual({ ...at(123), faults });
        await ledger.release(lease, { ...at(124), faults: [faults[0]] }, 1);
        expect((await ledger.readChunks(id))[0]?.checkpoint.faults).toEqual([faults[0]]);
      });

      test('moves the checkpoint and renews the lease', async () => {
        const { id, lease } = await claimed();
        await ledger.checkpoint(lease, at(123), t0 + 3 * minute);
        expect((await ledger.readChunks(id))[0]).toMatchObject({
          checkpoint: at(123),
          lease: { owner: 'a', untilMs: t0 + 3 * minute },
          finished: false,
        });
      });

      test('holds what is said of the items beyond it, until the next one says otherwise', async () => {
        const { id, lease } = await claimed();
        const ahead = Uint8Array.from({ length: 64 * 1024 }, (_, index) => (index * 31) % 256);
        const aheadNow = async () => (await ledger.readChunks(id))[0]?.checkpoint.ahead;
        await ledger.checkpoint(lease, { ...at(100), ahead }, t0 + minute);
        expect(await aheadNow()).toEqual(ahead);
        await ledger.checkpoint(lease, { ...at(200), ahead: ahead.subarray(0, 9) }, t0 + minute);
        expect(await aheadNow()).toEqual(ahead.subarray(0, 9));
        await ledger.checkpoint(lease, at(300), t0 + minute);
        expect(await aheadNow()).toBeUndefined();
      });

      test('may be repeated, and does not go back with the same lease', async () => {
        const { id, lease } = await claimed();
        await ledger.checkpoint(lease, at(200), t0 + minute);
        await ledger.checkpoint(lease, at(200), t0 + minute);
        await ledger.checkpoint(lease, at(100), t0 + minute);
        expect((await ledger.readChunks(id))[0]?.checkpoint).toEqual(at(200));
      });

      test('that lands late does not shorten the lease that a later one asked for', async () => {
        const { id, lease } = await claimed();
        await ledger.checkpoint(lease, at(100), t0 + 3 * minute);
        await ledger.checkpoint(lease, at(200), t0 + 2 * minute);
        expect((await ledger.readChunks(id))[0]).toMatchObject({
          checkpoint: at(100),
          lease: { owner: 'a', untilMs: t0 + 3 * minute },
        });
      });

      test('goes back with a later lease, for an owner that never heard whether it had gone so far', async () => {
        const { id, lease } = await claimed();
        await ledger.checkpoint(lease, at(200), t0 + 2 * minute);
        await ledger.checkpoint(lease, at(100), t0 + 3 * minute);
        expect((await ledger.readChunks(id))[0]).toMatchObject({
          checkpoint: at(100),
          lease: { owner: 'a', untilMs: t0 + 3 * minute },
        });
      });

      test('renews a lease that has expired and was not taken', async () => {
        const { id, lease } = await claimed();
        await ledger.checkpoint(lease, at(50), t0 + 60 * minute);
        expect(await ledger.claim(leaseOf(id, 'b'), terms(0, 59 * minute))).toMatchObject({ kind: 'held' });
      });

      test('throws lease-lost once another has taken over, and changes nothing', async () => {
        const { id, lease } = await claimed();
        await ledger.claim(leaseOf(id, 'b'), terms(0, minute));
        const before = await ledger.readChunks(id);
        await expect(ledger.checkpoint(lease, at(100), t0 + 5 * minute)).rejects.toMatchObject({
          code: 'lease-lost',
          message: expect.stringContaining('b has it until 2026-11-01T00:02:00.000Z'),
        });
        expect(await ledger.readChunks(id)).toEqual(before);
      });

      test.each(['release', 'finishChunk'] as const)('throws lease-lost after %s', async (step) => {
        const { id, lease } = await claimed();
        await ledger[step](lease, at(300), 0);
        const before = await ledger.readChunks(id);
        await expect(ledger.checkpoint(lease, at(400), t0 + minute)).rejects.toMatchObject({
          code: 'lease-lost',
        });
        await expect(ledger.checkpoint(lease, at(300), t0 + minute)).rejects.toMatchObject({
          code: 'lease-lost',
        });
        expect(await ledger.readChunks(id)).toEqual(before);
      });

      test('throws lease-lost where there is no such chunk', async () => {
        const { id } = await registered();
        const lease = { importId: id, chunk: 7, owner: 'a' };
        await expect(ledger.checkpoint(lease, at(1), t0)).rejects.toMatchObject({ code: 'lease-lost' });
        await expect(ledger.release(lease, at(1), 0)).rejects.toMatchObject({ code: 'lease-lost' });
        await expect(ledger.finishChunk(lease, at(1))).rejects.toMatchObject({ code: 'lease-lost' });
        expect(await ledger.readChunks(id)).toHaveLength(2);
      });
    });

    describe('release', () => {
      test('lets no message of an earlier epoch than the given one claim the chunk again', async () => {
        const { id, lease } = await claimed();
        await ledger.release(lease, at(250), 1);
        expect(await ledger.claim(leaseOf(id, 'b'), terms(0))).toEqual({ kind: 'stale' });
        await expect(ledger.release(lease, at(250), 0)).rejects.toMatchObject({ code: 'lease-lost' });
        expect(await ledger.claim(leaseOf(id, 'b'), terms(1))).toMatchObject({ kind: 'claimed' });
      });

      test('gives the lease back with the checkpoint, for another to take at once', async () => {
        const { id, lease } = await claimed();
        await ledger.release(lease, at(250), 0);
        expect((await ledger.readChunks(id))[0]).toMatchObject({ checkpoint: at(250), lease: null });
        expect(await ledger.claim(leaseOf(id, 'b'), terms(1))).toMatchObject({
          kind: 'claimed',
          chunk: { checkpoint: at(250), epoch: 1, lease: { owner: 'b' } },
          takenOver: false,
        });
      });

      test('hands what is said of the items beyond the checkpoint to the next owner', async () => {
        const { id, lease } = await claimed();
        const given = { ...at(250), ahead: Uint8Array.of(1, 2, 3) };
        await ledger.release(lease, given, 1);
        await ledger.release(lease, given, 1);
        await expect(ledger.release(lease, at(250), 1)).rejects.toMatchObject({ code: 'lease-lost' });
        expect(await ledger.claim(leaseOf(id, 'b'), terms(1))).toMatchObject({
          chunk: { checkpoint: given },
        });
        await ledger.release(leaseOf(id, 'b'), at(250), 1);
        expect((await ledger.readChunks(id))[0]?.checkpoint.ahead).toBeUndefined();
      });

      test('may be repeated, until another has claimed', async () => {
        const { id, lease } = await claimed();
        await ledger.release(lease, at(250), 0);
        await ledger.release(lease, at(250), 0);
        await expect(ledger.release(lease, at(260), 0)).rejects.toMatchObject({ code: 'lease-lost' });
        await ledger.claim(leaseOf(id, 'b'), terms(0));
        await expect(ledger.release(lease, at(250), 0)).rejects.toMatchObject({ code: 'lease-lost' });
        expect((await ledger.readChunks(id))[0]?.lease?.owner).toBe('b');
      });
    });

    describe('finishChunk', () => {
      test('marks the chunk finished with its final checkpoint, and ends the lease', async () => {
        const { id, lease } = await claimed();
        await ledger.finishChunk(lease, at(500));
        expect((await ledger.readChunks(id))[0]).toMatchObject({
          checkpoint: at(500),
          lease: null,
          finished: true,
        });
      });

      test('may be repeated with the same checkpoint by the same owner, and nothing else', async () => {
        const { id, lease } = await claimed();
        await ledger.finishChunk(lease, at(500));
        await ledger.finishChunk(lease, at(500));
        await expect(ledger.finishChunk(lease, at(499))).rejects.toMatchObject({ code: 'lease-lost' });
        await expect(ledger.release(lease, at(500), 0)).rejects.toMatchObject({ code: 'lease-lost' });
        await expect(ledger.finishChunk(leaseOf(id, 'b'), at(500))).rejects.toMatchObject({
          code: 'lease-lost',
        });
        expect((await ledger.readChunks(id))[0]).toMatchObject({ checkpoint: at(500), finished: true });
      });

      test('throws lease-lost once another has taken over', async () => {
        const { id, lease } = await claimed();
        await ledger.claim(leaseOf(id, 'b'), terms(0, minute));
        await expect(ledger.finishChunk(lease, at(500))).rejects.toMatchObject({ code: 'lease-lost' });
        expect((await ledger.readChunks(id))[0]).toMatchObject({ finished: false, lease: { owner: 'b' } });
      });
    });

    describe('countChunk', () => {
      test('adds each chunk once, in any order, and answers the import', async () => {
        const { id } = await registered();
        expect(await ledger.countChunk(id, 1, rows(3), 5)).toMatchObject({
          finishedChunks: [1],
          counts: rows(3),
          units: 5,
        });
        const both = await ledger.countChunk(id, 0, rows(4), 2);
        expect(both).toMatchObject({ finishedChunks: [0, 1], counts: rows(7), units: 7 });
        expect(await ledger.countChunk(id, 1, rows(3), 5)).toEqual(both);
        expect(await ledger.readImport(id)).toEqual(both);
      });
    });

    describe('end', () => {
      test('marks an import done whose chunks are counted and whose counts are the given ones', async () => {
        const { id } = await counted();
        const ended = await ledger.end(id, { status: 'done', counts: rows(7), atMs: t0 + 9 });
        expect(await ledger.readImport(id)).toEqual(ended);
        expect(ended).toMatchObject({
          status: 'done',
          endedAtMs: t0 + 9,
          counts: rows(7),
          failure: null,
        });
      });

      test('throws counts-unbalanced while no chunk or not every chunk is counted', async () => {
        const { id } = await registered();
        const done = { status: 'done', counts: noCounts, atMs: t0 } as const;
        await expect(ledger.end(id, done)).rejects.toMatchObject({ code: 'counts-unbalanced' });
        await ledger.countChunk(id, 0, noCounts, 0);
        await expect(ledger.end(id, done)).rejects.toMatchObject({ code: 'counts-unbalanced' });
        expect(await ledger.readImport(id)).toMatchObject({ status: 'queued', endedAtMs: null });
      });

      test.each(Object.keys(noCounts))('throws counts-unbalanced where the %s rows differ', async (field) => {
        const { id } = await counted();
        const counts = { ...rows(7), [field]: 1000 };
        await expect(ledger.end(id, { status: 'done', counts, atMs: t0 })).rejects.toMatchObject({
          code: 'counts-unbalanced',
        });
        expect(await ledger.readImport(id)).toMatchObject({ status: 'queued' });
      });

      test.each(['failed', 'superseded'] as const)(
        'records %s with its reason at any time',
        async (status) => {
          const { id } = await registered();
          await ledger.begin(id, t0);
          await ledger.noteFailure(id, failure);
          const ended = await ledger.end(id, { status, failure, atMs: t0 + 1 });
          expect(ended).toMatchObject({
            status,
            failure,
            endedAtMs: t0 + 1,
            lastFailure: null,
            isOpen: true,
          });
          expect(await ledger.readImport(id)).toEqual(ended);
        },
      );

      test('keeps a reason of any length, bounded: an item has 400 KB', async () => {
        const { id } = await registered();
        const reason = `${'名'.repeat(200_000)}. Rename one.`;
        await ledger.end(id, { status: 'failed', failure: { ...failure, reason }, atMs: t0 });
        const kept = (await ledger.readImport(id))?.failure?.reason ?? '';
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(MAX_TEXT_BYTES);
        expect(kept).toMatch(/^名+ \[…\] 名+\. Rename one\.$/);
      });

      test('changes nothing about an import that has ended, and answers the end that it has', async () => {
        const { id } = await counted();
        await ledger.end(id, { status: 'superseded', failure, atMs: t0 });
        const before = await ledger.readImport(id);
        const later = { code: 'access-denied', reason: 'Later.' } as const;
        expect(await ledger.end(id, { status: 'failed', failure: later, atMs: t0 + 1 })).toEqual(before);
        expect(await ledger.end(id, { status: 'done', counts: rows(7), atMs: t0 + 2 })).toEqual(before);
        expect(await ledger.end(id, { status: 'done', counts: rows(8), atMs: t0 + 2 })).toEqual(before);
        expect(await ledger.readImport(id)).toEqual(before);
      });
    });

    describe('addRepairs and readRepairs', () => {
      test('hold each line once, of any import', async () => {
        const importId = randomUUID();
        expect(await ledger.readRepairs(importId)).toEqual({ lines: [], isComplete: true });
        for (const lines of [[7], [3, 4, 2 ** 40], [7, 5]])
          await ledger.addRepairs(importId, lineSet(lines), t0);
        const known = { lines: [3, 5, 7, 7, 2 ** 40, 2 ** 40], isComplete: true };
        expect(await ledger.readRepairs(importId)).toEqual(known);
        await ledger.addRepairs(importId, lineSet([3, 7]), t0);
        expect(await ledger.readRepairs(importId)).toEqual(known);
      });

      test('hold what there is room for, and say that it is not all', async () => {
        const importId = randomUUID();
        await ledger.addRepairs(importId, lineSet([1, 2]), t0);
        await ledger.addRepairs(importId, lineSet(times(140_000, (n) => n * 3 + 5)), t0);
        expect(await ledger.readRepairs(importId)).toEqual({ lines: [1, 2], isComplete: false });
        await ledger.addRepairs(importId, lineSet([4]), t0);
        expect(await ledger.readRepairs(importId)).toEqual({ lines: [1, 2, 4, 4], isComplete: false });
      });
    });

    describe('noteRepairOf', () => {
      test('records which imports an import repairs', async () => {
        const record = newImport({});
        await ledger.register(record, halves);
        await ledger.noteRepairOf(record.id, ['b', 'a']);
        await ledger.noteRepairOf(record.id, ['b', 'a']);
        expect(await ledger.readImport(record.id)).toMatchObject({ repairOf: ['b', 'a'], status: 'queued' });
      });
    });

    describe('keepDataset and readDataset', () => {
      test('keep a document of 300,000 bytes for good, the first one of a digest', async () => {
        const digest = randomUUID();
        expect(await ledger.readDataset(digest)).toBeNull();
        const text = JSON.stringify({ name: 'ä'.repeat(149_994) });
        await ledger.keepDataset(digest, text);
        await ledger.keepDataset(digest, text);
        expect(await ledger.readDataset(digest)).toBe(text);
        const other = (await open()).ledger;
        await other.keepDataset(digest, '{}');
        expect([await ledger.readDataset(digest), await ledger.readDataset(randomUUID())]).toEqual([
          text,
          null,
        ]);
      });
    });

    function newKey(more = ''): { bucket: string; key: string } {
      return { bucket: 'sluice-source', key: `people/${randomUUID()}${more}` };
    }

    function place(name: string): Place {
      return { place: name, importId: name };
    }

    async function registered(): Promise<{ id: string }> {
      const record = newImport({});
      await ledger.register(record, halves);
      return record;
    }

    /** An import whose first chunk `a` has for a minute. */
    async function claimed(epoch = 0): Promise<{ id: string; lease: Lease }> {
      const { id } = await registered();
      const lease = leaseOf(id, 'a');
      expect(await ledger.claim(lease, terms(epoch))).toMatchObject({ kind: 'claimed' });
      return { id, lease };
    }

    /** An import whose chunks are counted, with `rows(7)`. */
    async function counted(): Promise<{ id: string }> {
      const { id } = await registered();
      await ledger.countChunk(id, 0, rows(3), 1);
      await ledger.countChunk(id, 1, rows(4), 1);
      return { id };
    }
  });
}
