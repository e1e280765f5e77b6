import { expect, test } from 'vitest';
import { joinedOutcome } from '../../../../src/aws/dynamo/wire/joined-outcome.ts';

const written = { held: [], reason: null, units: 1 } as const;

test('several requests have one outcome, by the indexes of their operations', () => {
  expect(
    joinedOutcome([
      { indexes: [1], outcome: { ...written, kept: [{ index: 0, isEqual: true }] } },
      { indexes: [3], outcome: { ...written, refused: [{ indexes: [0], reason: 'r' }] } },
      { indexes: [4], outcome: { held: [0], reason: 'key-range', units: 0 } },
      { indexes: [0, 2], outcome: { held: [1], reason: 'throttled', units: 2 } },
    ]),
  ).toEqual({
    held: [2, 4],
    reason: 'key-range',
    units: 4,
    kept: [{ index: 1, isEqual: true }],
    refused: [{ indexes: [3], reason: 'r' }],
  });
});

test('an answer that was lost is the reason, whatever the others are', () => {
  const held = (reason: 'account-limit' | 'unavailable') => ({ held: [0], reason, units: 0 });
  const parts = [
    { indexes: [0], outcome: held('unavailable') },
    { indexes: [1], outcome: held('account-limit') },
  ];
  expect(joinedOutcome(parts)).toEqual({ held: [0, 1], reason: 'unavailable', units: 0 });
  expect(joinedOutcome(parts.toReversed()).reason).toBe('unavailable');
});

test('without exceptions, the outcome is that all is written', () => {
  expect(joinedOutcome([{ indexes: [0], outcome: written }])).toEqual(written);
});
