import { describe, expect, test } from 'vitest';
import { hasEnded, importId, type ObjectRef } from '../../../src/core/imports/import.ts';

const object: ObjectRef = { bucket: 'b', key: 'k', versionId: 'v', etag: 'e', sizeBytes: 1, sequencer: '01' };

describe('an import id', () => {
  test('is the same for a repeated event of a version', () => {
    expect(importId({ ...object, sequencer: '02' })).toBe(importId(object));
    expect(importId(object)).toMatch(/^[0-9a-f]{20}$/);
  });

  test.each([
    ['bucket', { bucket: 'c' }],
    ['key', { key: 'l' }],
    ['version', { versionId: 'w' }],
  ])('tells one %s from another', (_, change) => {
    expect(importId({ ...object, ...change })).not.toBe(importId(object));
  });

  test('distinguishes uploads of one key in a bucket without versions', () => {
    const plain = { ...object, versionId: null };
    expect(importId({ ...plain, sequencer: '02' })).not.toBe(importId(plain));
    expect(importId({ ...plain, etag: 'f' })).not.toBe(importId(plain));
  });
});

test('an import has ended when nothing more happens to it by itself', () => {
  const statuses = ['queued', 'loading', 'parked', 'done', 'failed', 'stalled', 'superseded'] as const;
  expect(statuses.filter(hasEnded)).toEqual(['done', 'failed', 'superseded']);
});
