import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectRef } from '../../src/core/imports/import.ts';
import type { Source } from '../../src/core/ports.ts';

export type OpenSource = () => Promise<{
  source: Source;
  /** Stores an object, as a new version where the source knows versions. */
  put: (key: string, body: Uint8Array) => Promise<ObjectRef>;
  /** Deletes what the reference means. */
  remove: (object: ObjectRef) => Promise<void>;
  close: () => Promise<void>;
}>;

/** The Source's contract, for any that `open` gives. */
export function describeSource(name: string, open: OpenSource): void {
  describe(`the source in ${name}`, () => {
    let opened: Awaited<ReturnType<OpenSource>>;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    test.each([
      ['the whole', 0, 300_000],
      ['the beginning', 0, 1],
      ['the middle', 65_535, 131_073],
      ['the last byte', 299_999, 300_000],
    ])('reads %s of an object', async (_, start, end) => {
      const body = bytes(300_000, 1);
      const object = await opened.put('whole.csv', body);
      expect(await read(object, start, end)).toEqual(body.subarray(start, end));
    });

    test('yields nothing for an empty range, of an empty object or of one that is gone', async () => {
      const empty = await opened.put('empty.csv', new Uint8Array());
      expect(await read(empty, 0, 0)).toEqual(new Uint8Array());
      const gone = await opened.put('empty-gone.csv', bytes(10, 2));
      await opened.remove(gone);
      expect(await read(gone, 5, 5)).toEqual(new Uint8Array());
    });

    test.each(['a b+c%41.csv', 'ä/😀 "q"&<x>.csv', 'a//b/../c.csv', "it's (1)*!.csv"])(
      'reads an object by the key as it is: %s',
      async (key) => {
        const object = await opened.put(key, bytes(50, 3));
        expect(await read(object, 10, 20)).toEqual(bytes(50, 3).subarray(10, 20));
      },
    );

    test('reads the version that is meant after another has been put over it', async () => {
      const first = await opened.put('versions.csv', bytes(40, 4));
      const second = await opened.put('versions.csv', bytes(40, 5));
      expect(await read(first, 0, 40)).toEqual(bytes(40, 4));
      expect(await read(second, 0, 40)).toEqual(bytes(40, 5));
    });

    test('throws object-gone for one that has been deleted, and for one that never was', async () => {
      const object = await opened.put('gone.csv', bytes(10, 6));
      await opened.remove(object);
      await expect(read(object, 0, 10)).rejects.toMatchObject({
        code: 'object-gone',
        message: expect.stringContaining('gone.csv'),
      });
      const never = { ...object, key: 'never.csv' };
      await expect(read(never, 0, 10)).rejects.toMatchObject({ code: 'object-gone' });
    });

    test('lets go of an iteration that is abandoned, and reads on', async () => {
      const body = bytes(2_000_000, 7);
      const object = await opened.put('large.csv', body);
      for (let round = 0; round < 3; round++) {
        for await (const piece of opened.source.read(object, 0, body.length)) {
          expect(piece.length).toBeGreaterThan(0);
          expect(new Uint8Array(piece)).toEqual(body.subarray(0, piece.length));
          break;
        }
      }
      expect(await read(object, 1_999_990, 2_000_000)).toEqual(body.subarray(1_999_990));
    });

    test('reads several ranges at once', async () => {
      const body = bytes(400_000, 8);
      const object = await opened.put('ranges.csv', body);
      const starts = [0, 100_000, 200_000, 300_000];
      const ranges = await Promise.all(starts.map((start) => read(object, start, start + 100_000)));
      expect(Buffer.concat(ranges).equals(body)).toBe(true);
    });

    async function read(object: ObjectRef, start: number, end: number): Promise<Uint8Array> {
      const pieces: Uint8Array[] = [];
      for await (const piece of opened.source.read(object, start, end)) pieces.push(piece);
      return new Uint8Array(Buffer.concat(pieces));
    }
  });
}

/** Bytes that differ from place to place and from seed to seed. */
function bytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * 7 + seed) & 0xff);
}
