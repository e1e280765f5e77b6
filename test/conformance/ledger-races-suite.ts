import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lineSet } from '../../src/core/imports/line-set.ts';
import type { Ledger } from '../../src/core/ports.ts';
import { failure, halves, leaseOf, minute, newImport, rows, t0, terms, times } from './ledger-fixtures.ts';
import type { OpenLedger } from './ledger-suite.ts';

/** What the Ledger's contract means for calls at the same time. */
export function describeLedgerRaces(name: string, open: OpenLedger): void {
  describe(`the ledger in ${name}, asked by several at once,`, () => {
    let ledger: Ledger;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ ledger, close } = await open());
    });
    afterAll(() => close?.());

    test('answers isNew to one of several registrations', async () => {
      const record = newImport({});
      const answers = await Promise.all(times(4, () => ledger.register(record, halves)));
      expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(await ledger.readChunks(record.id)).toHaveLength(2);
    });

    test('gives a free lease to one of several', async () => {
      const { id } = await registered();
      const answers = await Promise.all(times(6, (n) => ledger.claim(leaseOf(id, `owner-${n}`), terms(0))));
      const winner = answers.findIndex(({ kind }) => kind === 'claimed');
      expect(answers.map(({ kind }) => kind).sort()).toEqual(['claimed', ...times(5, () => 'held')]);
      expect((await ledger.readChunks(id))[0]?.lease?.owner).toBe(`owner-${winner}`);
    });

    test('gives an expired lease to one of several', async () => {
      const { id } = await registered();
      await ledger.claim(leaseOf(id, 'a'), terms(0));
      const answers = await Promise.all(
        times(6, (n) => ledger.claim(leaseOf(id, `owner-${n}`), terms(0, 2 * minute))),
      );
      expect(answers.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    });

    test('counts each chunk once where several count it', async () => {
      const { id } = await registered();
      await Promise.all(times(6, (n) => ledger.countChunk(id, n % 2, rows(10), 1)));
      expect(await ledger.readImport(id)).toMatchObject({
        finishedChunks: [0, 1],
        counts: rows(20),
        units: 2,
      });
    });

    test('lets one of several end an import', async () => {
      const { id } = await registered();
      await ledger.countChunk(id, 0, rows(3), 1);
      await ledger.countChunk(id, 1, rows(4), 1);
      const answers = await Promise.all([
        ...times(3, () => ledger.end(id, { status: 'done', counts: rows(7), atMs: t0 })),
        ...times(3, () => ledger.end(id, { status: 'failed', failure, atMs: t0 })),
      ]);
      const kept = await ledger.readImport(id);
      for (const answer of answers) expect(answer).toEqual(kept);
    });

    test('gives the key to the newest version, whichever asks first', async () => {
      const object = { bucket: 'b', key: randomUUID() };
      const ids = times(6, (n) => `import-${n}`);
      await Promise.all(
        ids.map((id, n) => ledger.takeKey({ ...object, sequencer: `0${(n * 5) % 6}` }, id, t0)),
      );
      const key = await ledger.readKey(object);
      const newest = ids.find((_, n) => (n * 5) % 6 === 5);
      expect(key?.importId).toBe(newest);
      expect(new Set(key?.previous).size).toBe(key?.previous.length);
    });

    test('adds the repaired lines of all', async () => {
      const { id } = await registered();
      await Promise.all(times(6, (n) => ledger.addRepairs(id, lineSet([n * 10, n * 10 + 2, 5]), t0)));
      const { lines } = await ledger.readRepairs(id);
      expect(lines).toEqual(lineSet(times(6, (n) => [n * 10, n * 10 + 2, 5]).flat()));
    });

    async function registered(): Promise<{ id: string }> {
      const record = newImport({});
      await ledger.register(record, halves);
      return record;
    }
  });
}
