import { expect, test } from 'vitest';
import { type ErrorCode, SluiceError } from '../../src/core/errors.ts';
import { importId } from '../../src/core/imports/import.ts';
import { loadMessage } from '../../src/engine/loading/load-message.ts';
import { world } from './world.ts';

const PATIENCE_MS = 300_000;
const ROWS = 'id\np1\np2\n';

/** A table that refuses every write with the code, until a time. */
function refusingWorld(code: ErrorCode, untilMs: (startMs: number) => number) {
  const made = world({
    ports: ({ table, clock }) => {
      const startMs = clock.now();
      return {
        table: (dataset) => ({
          ...table(dataset),
          async write(items) {
            if (clock.now() < untilMs(startMs)) throw new SluiceError(code, `It says ${code}.`);
            return table(dataset).write(items);
          },
        }),
      };
    },
  });
  const { clock, queue, ports, datasets, events } = made;
  return { ...made, loadPatiently };

  /** Works on the first message when its time has come. */
  async function loadPatiently() {
    const { delayMs, ...message } = queue.messages.shift()!;
    await clock.run(clock.sleep(delayMs));
    const options = { owner: `owner-${clock.now()}`, deadlineMs: Infinity, patienceMs: PATIENCE_MS };
    const emit = (event: (typeof events)[number]) => void events.push(event);
    return clock.run(loadMessage(ports, datasets, message, { ...options, emit }));
  }
}

test.each<ErrorCode>(['access-denied', 'table-missing'])(
  'an import that meets %s right after a deployment waits for it, by new messages, and is done',
  async (code) => {
    const { clock, drop, importOf, items, queue, events, loadPatiently } = refusingWorld(
      code,
      (startMs) => startMs + 100_000,
    );
    const startMs = clock.now();
    const object = await drop(ROWS);
    const failure = { code, reason: `It says ${code}.` };
    expect(await loadPatiently()).toEqual({ kind: 'waiting', code });
    expect(await importOf(object)).toMatchObject({ status: 'queued', lastFailure: failure, failure: null });
    expect(queue.messages).toMatchObject([{ importId: importId(object), epoch: 1, delayMs: 30_000 }]);
    const until = new Date(clock.now() + PATIENCE_MS).toISOString().slice(0, 16);
    expect(events.at(-1)).toMatchObject({
      type: 'import waiting',
      level: 'warn',
      ...failure,
      until: expect.stringContaining(until) as string,
    });
    let outcome = await loadPatiently();
    for (; outcome.kind === 'waiting'; outcome = await loadPatiently());
    expect(outcome).toEqual({ kind: 'finished', isDone: true });
    expect(clock.now() - startMs).toBeLessThan(PATIENCE_MS);
    expect(items()).toHaveLength(2);
    expect(await importOf(object)).toMatchObject({ status: 'done', lastFailure: null });
  },
);

test('an import that meets access-denied for longer than that fails', async () => {
  const { clock, drop, importOf, queue, loadPatiently } = refusingWorld('access-denied', () => Infinity);
  const startMs = clock.now();
  const object = await drop(ROWS);
  let outcome = await loadPatiently();
  for (; outcome.kind === 'waiting'; outcome = await loadPatiently());
  expect(outcome).toEqual({ kind: 'failed', code: 'access-denied' });
  expect(clock.now() - startMs).toBeGreaterThanOrEqual(PATIENCE_MS);
  expect(clock.now() - startMs).toBeLessThan(PATIENCE_MS + 90_000);
  expect(queue.messages).toEqual([]);
  expect(await importOf(object)).toMatchObject({ status: 'failed', failure: { code: 'access-denied' } });
});

test('an error that no deployment causes fails the import at once', async () => {
  const { drop, loadPatiently } = refusingWorld('table-key-mismatch', () => Infinity);
  await drop(ROWS);
  expect(await loadPatiently()).toEqual({ kind: 'failed', code: 'table-key-mismatch' });
});
