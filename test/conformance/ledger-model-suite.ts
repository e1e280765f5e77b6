import { putCounts } from '../support/counts.ts';
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryLedger } from '../../src/engine/memory-ledger.ts';
import type { Counts } from '../../src/core/imports/counts.ts';
import { lineSet } from '../../src/core/imports/line-set.ts';
import { SluiceError } from '../../src/core/errors.ts';
import type { ObjectRef } from '../../src/core/imports/import.ts';
import type { Ledger } from '../../src/core/ports.ts';
import type { OpenLedger } from './ledger-suite.ts';

/** One call of one method on the import of the given id, for any ledger. */
type Step = {
  readonly text: string;
  readonly run: (ledger: Ledger, importId: string) => Promise<unknown>;
};

const chunks = [
  { startBytes: 0, endBytes: 50, startLine: 1 },
  { startBytes: 50, endBytes: 100, startLine: 3 },
];
const object: ObjectRef = {
  bucket: 'sluice-source',
  key: 'people/1.csv',
  versionId: 'v1',
  etag: 'e1',
  sizeBytes: 100,
  sequencer: null,
};

/** What any sequence of calls by several owners answers and leaves behind is what the model in memory answers and leaves. */
export function describeLedgerAgainstModel(name: string, open: OpenLedger, runs: number): void {
  describe(`the ledger in ${name}, beside the model`, () => {
    let ledger: Ledger;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ ledger, close } = await open());
    });
    afterAll(() => close?.());

    test('answers every sequence of calls alike', { timeout: 120_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          const importId = randomUUID();
          const model = memoryLedger();
          const registration = {
            id: importId,
            dataset: 'people',
            datasetDigest: 'd',
            object,
            parallel: 2,
            queuedAtMs: 0,
          };
          expect(await ledger.register(registration, chunks)).toEqual(
            await model.register(registration, chunks),
          );
          for (const { run, text } of steps) {
            const [real, expected] = [await outcome(run, ledger), await outcome(run, model)];
            expect({ text, real }).toEqual({ text, real: expected });
          }
          expect(await ledger.readImport(importId)).toEqual(await model.readImport(importId));
          expect(await ledger.readChunks(importId)).toEqual(await model.readChunks(importId));

          async function outcome(run: Step['run'], on: Ledger): Promise<unknown> {
            try {
              return { answer: await run(on, importId) };
            } catch (error) {
              if (error instanceof SluiceError) return { code: error.code, message: error.message };
              throw error;
            }
          }
        }),
        { numRuns: runs },
      );
    });
  });
}

// Few values each, so that calls meet: two chunks, three owners, four moments, a lease of one or two of them.
const chunk = fc.integer({ min: 0, max: 2 }).map((n) => n % 2);
const owner = fc.constantFrom('a', 'b', 'c');
const moment = fc.integer({ min: 0, max: 3 });
const lease = fc.record({ chunk, owner });
const checkpoint = fc
  .record({
    n: fc.integer({ min: 0, max: 3 }),
    ahead: fc.constantFrom(undefined, Uint8Array.of(7, 0, 1)),
    faults: fc.constantFrom({}, { faults: [{ code: 'nul-byte', column: '', rows: 1 }] } as const),
  })
  .map(({ n, ahead, faults }) => {
    return { offsetBytes: n * 10, line: n + 1, counts: countsOf(n), units: n, ahead, ...faults };
  });

const claim = fc
  .record({
    lease,
    epoch: fc.integer({ min: 0, max: 2 }),
    nowMs: moment,
    forMs: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ lease, epoch, nowMs, forMs }) =>
    stepOf(`claim ${JSON.stringify({ ...lease, epoch, nowMs, forMs })}`, (ledger, importId) =>
      ledger.claim({ importId, ...lease }, { epoch, nowMs, untilMs: nowMs + forMs }),
    ),
  );
const move = fc
  .record({ lease, checkpoint, untilMs: moment })
  .map(({ lease, checkpoint, untilMs }) =>
    stepOf(
      `checkpoint ${JSON.stringify({ ...lease, at: checkpoint.offsetBytes, ahead: checkpoint.ahead, untilMs })}`,
      (ledger, importId) => ledger.checkpoint({ importId, ...lease }, checkpoint, untilMs),
    ),
  );
const giveBack = fc
  .record({
    lease,
    checkpoint,
    epoch: fc.integer({ min: 0, max: 2 }),
    method: fc.constantFrom('release', 'finishChunk'),
  })
  .map(({ lease, checkpoint, epoch, method }) =>
    stepOf(
      `${method} ${JSON.stringify({ ...lease, at: checkpoint.offsetBytes, ahead: checkpoint.ahead, epoch })}`,
      (ledger, importId) => ledger[method]({ importId, ...lease }, checkpoint, epoch),
    ),
  );
const begin = moment.map((nowMs) =>
  stepOf(`begin ${nowMs}`, (ledger, importId) => ledger.begin(importId, nowMs)),
);
const gone = { code: 'object-gone', reason: 'A.' } as const;
const noted = fc.constantFrom(null, gone);
const mark = fc
  .constantFrom('queued' as const, 'parked' as const, 'stalled' as const)
  .chain((status) =>
    noted.map((failure) =>
      stepOf(`mark ${status} ${failure?.reason}`, (ledger, importId) =>
        ledger.mark(importId, status, failure),
      ),
    ),
  );
const note = fc.constantFrom<Step>(
  stepOf('noteFailure', (ledger, importId) => ledger.noteFailure(importId, { ...gone, reason: 'B.' })),
  stepOf('noteWatch', (ledger, importId) =>
    ledger.noteWatch(importId, { progress: '1/2', sinceMs: 3, requeues: 4 }),
  ),
  stepOf('noteWatch null', (ledger, importId) => ledger.noteWatch(importId, null)),
  stepOf('noteRepairOf', (ledger, importId) => ledger.noteRepairOf(importId, ['a'])),
  stepOf('close', (ledger, importId) => ledger.close(importId)),
);
const keyOf = (importId: string) => ({ bucket: 'sluice-source', key: `people/${importId}.csv` });
const key = fc
  .record({ n: fc.integer({ min: 0, max: 3 }), method: fc.constantFrom('takeKey', 'readKey', 'clearKey') })
  .map(({ n, method }) =>
    stepOf(`${method} ${n}`, async (ledger, importId) => {
      if (method === 'readKey') return ledger.readKey(keyOf(importId));
      if (method === 'clearKey') return ledger.clearKey(keyOf(importId), `version-${n}`);
      return ledger.takeKey({ ...keyOf(importId), sequencer: `0${n}` }, `version-${n}`, n);
    }),
  );
const repair = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }).map((lines) =>
  stepOf(`addRepairs ${lines.join()}`, async (ledger, importId) => {
    await ledger.addRepairs(importId, lineSet(lines), 0);
    return ledger.readRepairs(importId);
  }),
);
// A chunk's counts are always the same ones, as those of a finished chunk are.
const count = chunk.map((chunk) =>
  stepOf(`countChunk ${chunk}`, (ledger, importId) =>
    ledger.countChunk(importId, chunk, countsOf(chunk + 1), chunk),
  ),
);
const end = fc
  .record({ status: fc.constantFrom('done', 'done', 'failed', 'superseded'), atMs: moment, n: moment })
  .map(({ status, atMs, n }) =>
    stepOf(`end ${status} ${atMs} ${n}`, (ledger, importId) =>
      ledger.end(
        importId,
        status === 'done'
          ? { status, atMs, counts: countsOf(n) }
          : { status, atMs, failure: { code: 'object-gone', reason: 'Gone.' } },
      ),
    ),
  );

const step = fc.oneof(
  { weight: 6, arbitrary: claim },
  { weight: 5, arbitrary: move },
  { weight: 4, arbitrary: giveBack },
  { weight: 1, arbitrary: begin },
  { weight: 1, arbitrary: mark },
  { weight: 1, arbitrary: note },
  { weight: 3, arbitrary: key },
  { weight: 2, arbitrary: count },
  { weight: 1, arbitrary: end },
  { weight: 1, arbitrary: repair },
);

function stepOf(text: string, run: Step['run']): Step {
  return { text, run };
}

function countsOf(n: number): Counts {
  return putCounts({ read: 4 * n, written: n, rejected: n, superseded: n, skipped: n });
}
