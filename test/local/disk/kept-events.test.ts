import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openKeptEvents } from '../../../local/disk/kept-events.ts';
import { temporaryFolder } from '../local-clients.ts';

test('an event that is kept and not dropped is left for the next process, in the order of arrival', async () => {
  const folder = join(await temporaryFolder(), 'events');
  const first = openKeptEvents(folder);
  expect(first.left).toEqual([]);
  const kept = Array.from({ length: 12 }, (_, n) => first.keep({ n }));
  kept[3]!.drop();
  const second = openKeptEvents(folder);
  expect(second.left.map(({ event }) => (event as { n: number }).n)).toEqual([
    0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11,
  ]);
  second.keep({ n: 12 });
  for (const each of second.left.slice(1)) each.drop();
  expect(openKeptEvents(folder).left.map(({ event }) => event)).toEqual([{ n: 0 }, { n: 12 }]);
});

test('an event that a crash left half written was not accepted, and is deleted', async () => {
  const folder = join(await temporaryFolder(), 'events');
  openKeptEvents(folder).keep({ n: 1 });
  writeFileSync(join(folder, '000000000000002.json.tmp'), '{"n":');
  const opened = openKeptEvents(folder);
  expect(opened.left.map(({ event }) => event)).toEqual([{ n: 1 }]);
  expect(readdirSync(folder)).toEqual(['000000000000001.json']);
});
