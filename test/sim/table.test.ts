import { SluiceError } from '../../src/core/errors.ts';
import type { TableWriter } from '../../src/core/ports.ts';
import { network } from '../../sim/network.ts';
import { seededRandom } from '../../sim/random.ts';
import { simTable } from '../../sim/table.ts';
import { virtualClock } from '../../sim/virtual-clock.ts';
import { expect, test } from 'vitest';
import { capacity } from '../../sim/capacity.ts';
import { describeTableModes } from '../conformance/table-modes-suite.ts';
import { describeTable, type Item, type OpenedTable, texts } from '../conformance/table-suite.ts';

const KEYS = {
  partitionKey: { name: 'id', type: 'S' },
  sortKey: { name: 'n', type: 'N' },
} as const;

async function open(): Promise<OpenedTable> {
  const table = simTable({ clock: virtualClock({ seed: 1 }), keys: KEYS });
  const missing: TableWriter = {
    write: async () => {
      throw new SluiceError('table-missing', 'There is no table here. Run terraform apply.');
    },
    close: async () => undefined,
  };
  return {
    table,
    missing,
    read: async (id) =>
      ([...table.items.values()] as Item[])
        .filter((item) => item['id']?.['S'] === id)
        .sort((a, b) => Number(a['n']?.['N']) - Number(b['n']?.['N'])),
    close: () => table.close(),
  };
}

describeTable('the simulated world', open);
// It gets operations, not expressions.
describeTableModes('the simulated world', open, { breaksAtUpdates: true });

test('items may be written when an answer is lost, and are not written after a server error', async () => {
  const clock = virtualClock({ seed: 1 });
  const lossy = (faults: object) =>
    simTable({ clock, keys: KEYS, network: network({ random: seededRandom(1), ...faults }) });
  const batch = texts([{ id: { S: 'a' }, n: { N: '1' } }]);
  const unavailable = { held: [0], reason: 'unavailable', units: 0 };
  const lostAnswers = lossy({ lostAnswers: 1 });
  expect(await clock.run(lostAnswers.write(batch))).toEqual(unavailable);
  expect(lostAnswers.items.size).toBe(1);
  for (const faults of [{ serverErrors: 1 }, { lostRequests: 1 }]) {
    const table = lossy(faults);
    expect(await clock.run(table.write(batch))).toEqual(unavailable);
    expect(table.items.size).toBe(0);
  }
});

test('returns a reason only if no item of the batch was written', async () => {
  const clock = virtualClock({ seed: 1 });
  const limits = capacity({
    mode: { kind: 'provisioned', units: 1 },
    creditSeconds: 2,
    startMs: clock.now(),
  });
  const table = simTable({ clock, keys: KEYS, capacity: limits });
  const batch = texts(['1', '2', '3'].map((n) => ({ id: { S: 'a' }, n: { N: n } })));
  expect(await table.write(batch)).toEqual({ held: [2], reason: 'throttled', units: 2 });
  expect(await table.write(batch.slice(2))).toMatchObject({ held: [0], reason: 'table-capacity' });
});
