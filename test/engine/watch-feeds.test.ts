import { expect, test } from 'vitest';
import { dueMs, durationMs } from '../../src/core/imports/feed.ts';
import { watchFeeds } from '../../src/engine/watch-feeds.ts';
import { world } from './world.ts';

const HOUR_MS = 3_600_000;

/** A dataset whose files are expected once a day, watched each hour. */
function expectingWorld() {
  const made = world({
    dataset: { source: { prefix: 'people/' }, expect: { every: '24h' }, table: { partition_key: 'id' } },
  });
  const { clock, ports, datasets, events } = made;
  return {
    ...made,
    watchFor: async (hours: number) => {
      for (let passed = 0; passed < hours; passed++) {
        await clock.run(clock.sleep(HOUR_MS));
        await watchFeeds(ports, datasets, (event) => events.push(event));
      }
    },
    told: () => events.filter(({ type }) => type === 'feed late' || type === 'feed no longer late'),
    watched: () => events.filter((event) => event.type === 'feed watched').map(({ isLate }) => isLate),
  };
}

test('a feed is late if no file comes for longer than expected; that is told once, and measured at each sweep', async () => {
  const { clock, watchFor, told, watched, ledger } = expectingWorld();
  const begunMs = clock.now() + HOUR_MS;
  await watchFor(25);
  expect(told()).toEqual([]);
  expect(watched()).not.toContain(true);
  await watchFor(48);
  const since = new Date(begunMs + 24 * HOUR_MS).toISOString();
  expect(told()).toEqual([
    { type: 'feed late', level: 'warn', dataset: 'people', every: '24h', last: null, since },
  ]);
  expect(watched().slice(25)).toEqual(Array(48).fill(true));
  expect(await ledger.listFeeds()).toMatchObject([{ hasArrived: false, lateSinceMs: Date.parse(since) }]);
});

test('a feed is no longer late once a file comes, and late again a day after it', async () => {
  const { clock, watchFor, told, drop, ledger } = expectingWorld();
  await watchFor(30);
  const arrivedMs = clock.now();
  await drop('id\np1\n');
  await watchFor(1);
  expect(told().map(({ type }) => type)).toEqual(['feed late', 'feed no longer late']);
  expect(told().at(-1)).toMatchObject({ last: new Date(arrivedMs).toISOString() });
  expect(await ledger.listFeeds()).toMatchObject([
    { hasArrived: true, sinceMs: arrivedMs, lateSinceMs: null },
  ]);
  await watchFor(30);
  const since = new Date(arrivedMs + 24 * HOUR_MS).toISOString();
  expect(told().at(-1)).toMatchObject({ type: 'feed late', since, last: new Date(arrivedMs).toISOString() });
});

test('a dataset whose files are not expected is not watched', async () => {
  const { ports, datasets, events, ledger } = world();
  await watchFeeds(ports, datasets, (event) => events.push(event));
  expect(events).toEqual([]);
  expect(await ledger.listFeeds()).toEqual([]);
});

test.each([
  ['30m', 1_800_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
])('%s is %d ms', (every, ms) => {
  expect(durationMs(every)).toBe(ms);
  expect(dueMs({ dataset: 'a', every, sinceMs: 5, hasArrived: true, lateSinceMs: null })).toBe(5 + ms);
});
