import { expect, test } from 'vitest';
import { virtualClock } from '../../../sim/virtual-clock.ts';
import { loadMeter } from '../../../src/cli/imports/load-meter.ts';

const progress = (rowsSettled: number) => ({
  readBytes: 0,
  share: 0,
  rowsRead: 0,
  rowsSettled,
  rowsRejected: 0,
  rate: null,
});

test('measures rows and time only while progress is reported: no wait, and nothing of an earlier process', async () => {
  const clock = virtualClock({ seed: 1 });
  const meter = loadMeter(clock);
  const after = (ms: number) => clock.run(clock.sleep(ms));
  await after(60_000);
  meter.update(progress(5000));
  expect(meter.run).toEqual({ rows: 0, ms: 0 });
  await after(2000);
  meter.update(progress(6000));
  expect(meter.run).toEqual({ rows: 1000, ms: 2000 });
  meter.pause();
  await after(60_000);
  meter.update(progress(9000));
  await after(1000);
  meter.update(progress(9500));
  expect(meter.run).toEqual({ rows: 1500, ms: 3000 });
});
