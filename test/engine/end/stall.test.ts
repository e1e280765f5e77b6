import { expect, test } from 'vitest';
import { importId } from '../../../src/core/imports/import.ts';
import type { WorkMessage } from '../../../src/core/imports/work.ts';
import { stall } from '../../../src/engine/end/stall.ts';
import { world } from '../world.ts';

const MINUTE_MS = 60_000;

test('an import whose loaders all died without an error is stalled, with a reason that says where to look', async () => {
  const { clock, drop, importOf, ledger, queue, events } = world();
  const object = await drop('id\np1\n');
  const message = queue.messages.shift()!;
  const lease = { importId: importId(object), chunk: 0, owner: 'a' };
  await ledger.claim(lease, { epoch: 0, nowMs: clock.now(), untilMs: clock.now() + MINUTE_MS });
  await ledger.begin(importId(object), clock.now());
  await clock.run(clock.sleep(MINUTE_MS));
  await stall({ ledger, clock }, message, (event) => events.push(event));
  const lastFailure = { code: 'function-died', reason: expect.stringContaining('out of memory') as string };
  expect(await importOf(object)).toMatchObject({ status: 'stalled', lastFailure });
  expect(events.at(-1)).toMatchObject({
    type: 'import stalled',
    level: 'error',
    dataset: 'people',
    chunk: 0,
  });
});

test('an import that only has to be ended is stalled by its last chunk', async () => {
  const { clock, drop, importOf, ledger, queue, events } = world();
  const object = await drop('id\np1\n');
  const message = queue.messages.shift()!;
  const lease = { importId: importId(object), chunk: 0, owner: 'a' };
  const { counts } = await importOf(object);
  await ledger.claim(lease, { epoch: 0, nowMs: clock.now(), untilMs: clock.now() + MINUTE_MS });
  await ledger.finishChunk(lease, { offsetBytes: 6, line: 3, counts, units: 0 });
  await ledger.countChunk(lease.importId, 0, counts, 0);
  await stall({ ledger, clock }, message, (event) => events.push(event));
  expect(await importOf(object)).toMatchObject({ status: 'stalled' });
});

test.each<[string, (message: WorkMessage) => WorkMessage]>([
  ['a later message has taken its chunk over', (message) => message],
  ['its import is not in the ledger', (message) => ({ ...message, importId: 'nobody' })],
])('a dead letter is dropped where %s', async (_, change) => {
  const { clock, drop, importOf, ledger, queue, events } = world();
  const object = await drop('id\np1\n');
  const message = queue.messages.shift()!;
  const lease = { importId: importId(object), chunk: 0, owner: 'a' };
  const { chunk } = (await ledger.claim(lease, {
    epoch: 1,
    nowMs: clock.now(),
    untilMs: clock.now() + MINUTE_MS,
  })) as { chunk: { checkpoint: Parameters<typeof ledger.release>[1] } };
  await ledger.release(lease, chunk.checkpoint, 1);
  await stall({ ledger, clock }, change(message), (event) => events.push(event));
  expect(await importOf(object)).toMatchObject({ status: 'queued' });
  expect(events.at(-1)).toMatchObject({ type: 'dead letter dropped' });
});

test('a dead letter is checked again while its chunk is leased, and dropped when its import is done', async () => {
  const { clock, drop, loadAll, importOf, ledger, queue, events } = world();
  const object = await drop('id\np1\n');
  const message = queue.messages[0]!;
  const lease = { importId: importId(object), chunk: 0, owner: 'a' };
  await ledger.claim(lease, { epoch: 0, nowMs: clock.now(), untilMs: clock.now() + MINUTE_MS });
  expect(await stall({ ledger, clock }, message, (event) => events.push(event))).toBe(false);
  expect(await importOf(object)).toMatchObject({ status: 'queued' });
  expect(events.at(-1)).toMatchObject({ type: 'dead letter kept', leasedUntilMs: clock.now() + MINUTE_MS });
  await clock.run(clock.sleep(MINUTE_MS));
  await loadAll();
  expect(await stall({ ledger, clock }, message, (event) => events.push(event))).toBe(true);
  expect(await importOf(object)).toMatchObject({ status: 'done' });
  expect(events.at(-1)).toMatchObject({ type: 'dead letter dropped' });
});

test('a dead letter whose last loader could not give its lease back stalls the import when the lease has ended', async () => {
  const { clock, drop, importOf, ledger, queue, events } = world();
  const object = await drop('id\np1\n');
  const message = queue.messages.shift()!;
  const lease = { importId: importId(object), chunk: 0, owner: 'a' };
  await ledger.claim(lease, { epoch: 0, nowMs: clock.now(), untilMs: clock.now() + MINUTE_MS });
  await stall({ ledger, clock }, message, (event) => events.push(event));
  await clock.run(clock.sleep(MINUTE_MS));
  expect(await stall({ ledger, clock }, message, (event) => events.push(event))).toBe(true);
  expect(await importOf(object)).toMatchObject({ status: 'stalled' });
});
