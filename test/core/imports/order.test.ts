import { describe, expect, test } from 'vitest';
import {
  GRACE_MS,
  isBehindNewer,
  isSameTurn,
  mayBeginMs,
  nextTurn,
  noTurn,
  placeBehind,
  placeOf,
  type Turn,
} from '../../../src/core/imports/order.ts';

const t0 = Date.UTC(2026, 10, 1);

describe('a place', () => {
  test('orders imports by the time of upload, then by sequencer, then by id', () => {
    const places = [
      placeOf(t0 - 1, 'FF', 'a'),
      placeOf(t0, null, 'a'),
      placeOf(t0, '0055AE', 'b'),
      placeOf(t0, '0055AEA', 'a'),
      placeOf(t0, '0055AEA000000', 'b'),
      placeOf(t0 + 1, '00', 'a'),
      placeOf(t0 * 10, '00', 'a'),
    ];
    expect(places.toSorted()).toEqual(places);
  });

  test('behind another one comes after it, and after its second one, and before any later upload', () => {
    const uploaded = placeOf(t0, 'FFFF', 'z');
    const first = placeBehind(uploaded, 'a');
    const second = placeBehind(first, 'a');
    const places = [placeBehind('', 'a'), uploaded, first, second, placeOf(t0 + 1, '00', 'a')];
    expect(places.toSorted()).toEqual(places);
  });

  test('lets an upload begin a minute later, and anything else at once', () => {
    expect(mayBeginMs(placeOf(t0, '0A', 'a'))).toBe(t0 + GRACE_MS);
    expect(mayBeginMs(placeBehind(placeOf(t0, '0A', 'a'), 'b'))).toBe(0);
    expect(mayBeginMs(placeBehind('', 'b'))).toBe(0);
  });
});

describe('the turn', () => {
  const held: Turn = { serial: 4, importId: 'a', place: '2', previous: ['z'], blockedSinceMs: 7 };

  test('moves to the next import, and remembers those that may still be writing', () => {
    expect(nextTurn(held, { place: '3', importId: 'b' }, true)).toEqual({
      serial: 5,
      importId: 'b',
      place: '3',
      previous: ['a', 'z'],
      blockedSinceMs: null,
    });
  });

  test('moves over an import that is not loaded', () => {
    const over = nextTurn(noTurn, { place: '3', importId: 'b' }, false);
    expect(over).toMatchObject({ importId: null, place: '3', previous: [] });
    expect(nextTurn(over, { place: '4', importId: 'c' }, true)).toMatchObject({
      importId: 'c',
      previous: [],
    });
  });

  test('does not make an import wait for itself, when it has the turn again', () => {
    const other = nextTurn(held, { place: '3', importId: 'b' }, true);
    expect(nextTurn(other, { place: '4', importId: 'a' }, true).previous).toEqual(['b', 'z']);
  });

  test.each([
    ['the import that has it', { place: '2', importId: 'a' }, false],
    ['one that comes after it', { place: '3', importId: 'b' }, false],
    ['one that came too late, or has been passed over', { place: '1', importId: 'b' }, true],
  ])('of %s: whether newer ones have begun', (_what, place, expected) => {
    expect(isBehindNewer(held, place)).toBe(expected);
  });

  test('is the same if serial, import and place are', () => {
    expect(isSameTurn(held, { ...held })).toBe(true);
    expect(isSameTurn(held, { ...held, importId: 'b' })).toBe(false);
    expect(isSameTurn(held, { ...held, serial: 5 })).toBe(false);
  });
});
