import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { memorySource } from '../../sim/memory-source.ts';
import { inflatedSource } from '../../src/node/inflated-source.ts';
import { SluiceError } from '../../src/core/errors.ts';
import type { Source } from '../../src/core/ports.ts';
import { describeSource } from '../conformance/source-suite.ts';

describeSource('memory, compressed', async () => {
  const memory = memorySource({ pieceBytes: 1000 });
  return {
    source: inflatedSource(memory),
    put: async (key, body) => memory.put(`${key}.gz`, gzipSync(body)),
    remove: async (object) => memory.delete(object),
    close: async () => undefined,
  };
});

const TEXT = Array.from({ length: 20_000 }, (_, row) => `${row},${(row * 7919) % 10_007}\n`).join('');

/** What a source with this one object gives: its text, or as much of it as came before the error. */
async function inflate(body: Uint8Array, start = 0, end = Infinity, key = 'a.csv.gz') {
  const memory = memorySource({ pieceBytes: 5000 });
  const object = memory.put(key, body);
  const pieces: Uint8Array[] = [];
  const stream = inflatedSource(memory).read(object, start, end);
  let error: unknown = null;
  try {
    for await (const piece of stream) pieces.push(new Uint8Array(piece));
  } catch (caught) {
    error = caught;
  }
  return { text: Buffer.concat(pieces).toString(), error, share: stream.share };
}

describe('an inflated source', () => {
  const whole = gzipSync(TEXT);

  test('reads to the end of a text of unknown length, and tells how much of the object that was', async () => {
    const { text, error, share } = await inflate(whole);
    expect({ isWhole: text === TEXT, error, share }).toEqual({ isWhole: true, error: null, share: 1 });
    const rest = await inflate(whole, TEXT.length - 5);
    expect(rest.text).toBe(TEXT.slice(-5));
  });

  test('reads several members one after another, and zeros behind the last', async () => {
    const members = Buffer.concat([gzipSync(TEXT.slice(0, 777)), gzipSync(''), gzipSync(TEXT.slice(777))]);
    expect((await inflate(members)).text).toBe(TEXT);
    expect(await inflate(Buffer.concat([members, Buffer.alloc(3000)]))).toMatchObject({
      text: TEXT,
      error: null,
    });
  });

  test('takes a name in capitals, and leaves other names alone', async () => {
    expect((await inflate(whole, 0, Infinity, 'A.CSV.GZ')).text).toBe(TEXT);
    expect((await inflate(Buffer.from('id\n1\n'), 0, 5, 'a.csv')).text).toBe('id\n1\n');
  });

  test.each([
    [
      'is truncated',
      whole.subarray(0, whole.length >> 1),
      /damaged or truncated: gzip could be read up to byte [1-9]/,
    ],
    ['lacks its last byte', whole.subarray(0, -1), /damaged or truncated/],
    ['has another checksum', patched(whole, whole.length - 8), /incorrect data check/],
    ['has another length', patched(whole, whole.length - 1), /incorrect length check/],
    [
      'continues after zeros',
      Buffer.concat([whole, Buffer.alloc(8), Buffer.from('x')]),
      /bytes follow the zeros/,
    ],
    ['is no gzip', Buffer.from('id,name\n1,Ann\n'), /is not gzip, though its name ends in \.gz/],
  ])('says of an object that %s what is wrong with it', async (_, body, message) => {
    const { text, error } = await inflate(body);
    expect(error).toMatchObject({ code: 'gzip-damaged', message: expect.stringMatching(message) });
    expect(TEXT.startsWith(text)).toBe(true);
  });
});

describe('an inflated source that is left early', () => {
  const body = gzipSync(TEXT);
  const object = {
    bucket: 'b',
    key: 'a.gz',
    versionId: null,
    etag: 'e',
    sizeBytes: body.length,
    sequencer: null,
  };

  test('at the end of its range or by its reader closes the source it reads from', async () => {
    const endless = endlessSource();
    const inflated = inflatedSource(endless.source);
    for await (const piece of inflated.read(object, 0, 10)) expect(piece).toHaveLength(10);
    await vi.waitFor(() => expect(endless.closed).toBe(1));
    for await (const piece of inflated.read(object, 0, Infinity)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await vi.waitFor(() => expect(endless.closed).toBe(2));
  });

  test('while it skips, long before its range begins, closes it all the same', async () => {
    const endless = endlessSource();
    const pieces = inflatedSource(endless.source).read(object, Number.MAX_SAFE_INTEGER, Infinity);
    const iterator = pieces[Symbol.asyncIterator]();
    const next = iterator.next();
    await vi.waitFor(() => expect(endless.read).toBeGreaterThan(10));
    await iterator.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    await vi.waitFor(() => expect(endless.closed).toBe(1));
  });

  /** The same member again and again: a text without an end. */
  function endlessSource() {
    const told = { read: 0, closed: 0 };
    const source: Source = {
      async *read() {
        try {
          for (;;) {
            told.read++;
            yield body;
          }
        } finally {
          told.closed++;
        }
      },
    };
    return Object.assign(told, { source });
  }
});

test('an inflated source passes on what the source it reads from throws', async () => {
  const error = new SluiceError('object-unreadable', 'S3 answers 503.');
  const source: Source = {
    async *read() {
      yield gzipSync(TEXT).subarray(0, 100);
      throw error;
    },
  };
  const object = { bucket: 'b', key: 'a.gz', versionId: null, etag: 'e', sizeBytes: 200, sequencer: null };
  const read = async () => {
    for await (const piece of inflatedSource(source).read(object, 0, Infinity)) expect(piece).toBeDefined();
  };
  await expect(read()).rejects.toBe(error);
});

function patched(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= 0xff;
  return copy;
}
