import { buffer } from 'node:stream/consumers';
import { constants, createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { memorySource } from '../../sim/memory-source.ts';
import { textSource } from '../../src/node/text-source.ts';
import type { TextCoding } from '../../src/core/csv/text/text-coding.ts';
import { SluiceError } from '../../src/core/errors.ts';
import type { Source } from '../../src/core/ports.ts';
import { describeSource } from '../conformance/source-suite.ts';

const ZSTD = { compression: 'zstd', decodedFrom: null } as const;
const GZIP = { compression: 'gzip', decodedFrom: null } as const;

describeSource('memory, compressed', async () => {
  const memory = memorySource({ pieceBytes: 1000 });
  return {
    source: { read: (object, start, end) => textSource(memory).read(object, start, end, GZIP) },
    put: async (key, body) => memory.put(`${key}.gz`, gzipSync(body)),
    remove: async (object) => memory.delete(object),
    close: async () => undefined,
  };
});

const TEXT = Array.from({ length: 20_000 }, (_, row) => `${row},${(row * 7919) % 10_007}\n`).join('');

/** What a source with this one object gives: its text, or as much of it as came before the error. */
async function inflate(
  body: Uint8Array,
  start = 0,
  end = Infinity,
  key = 'a.csv.gz',
  coding: TextCoding = GZIP,
) {
  const memory = memorySource({ pieceBytes: 5000 });
  const object = memory.put(key, body);
  const pieces: Uint8Array[] = [];
  const stream = textSource(memory).read(object, start, end, coding);
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
  ])('says of an object that %s what is wrong with it', async (_, body, message) => {
    const { text, error } = await inflate(body);
    expect(error).toMatchObject({ code: 'gzip-damaged', message: expect.stringMatching(message) });
    expect(TEXT.startsWith(text)).toBe(true);
  });
});

describe('a source of zstd', () => {
  const whole = zstdCompressSync(TEXT);
  const inflateZstd = (body: Uint8Array) => inflate(body, 0, Infinity, 'a', ZSTD);

  test('reads several frames one after another, and those to skip', async () => {
    const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const frames = [zstdCompressSync(TEXT.slice(0, 777)), skipped, zstdCompressSync(TEXT.slice(777))];
    const { text, error } = await inflateZstd(Buffer.concat(frames));
    expect({ isWhole: text === TEXT, error }).toEqual({ isWhole: true, error: null });
  });

  test.each([
    ['is truncated', whole.subarray(0, whole.length >> 1)],
    ['lacks its last byte', whole.subarray(0, -1)],
    ['has another byte', patched(whole, whole.length >> 1)],
    ['continues with something else', Buffer.concat([whole, Buffer.from('hello, world')])],
  ])('says of an object that %s that it is damaged', async (_, body) => {
    const { text, error } = await inflateZstd(body);
    expect(error).toMatchObject({ code: 'zstd-damaged', message: expect.stringContaining('up to byte') });
    expect(TEXT.startsWith(text)).toBe(true);
  });

  test('refuses a window that needs too much memory', async () => {
    const params = { [constants.ZSTD_c_windowLog]: 27, [constants.ZSTD_c_enableLongDistanceMatching]: 1 };
    const stream = createZstdCompress({ params });
    stream.end(Buffer.alloc(40_000_000, TEXT));
    const { error } = await inflateZstd(await buffer(stream));
    expect(error).toMatchObject({ code: 'zstd-damaged', message: expect.stringContaining('--long') });
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
    const inflated = textSource(endless.source);
    for await (const piece of inflated.read(object, 0, 10, GZIP)) expect(piece).toHaveLength(10);
    await vi.waitFor(() => expect(endless.closed).toBe(1));
    for await (const piece of inflated.read(object, 0, Infinity, GZIP)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await vi.waitFor(() => expect(endless.closed).toBe(2));
  });

  test('while it skips, long before its range begins, closes it all the same', async () => {
    const endless = endlessSource();
    const pieces = textSource(endless.source).read(object, Number.MAX_SAFE_INTEGER, Infinity, GZIP);
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
    for await (const piece of textSource(source).read(object, 0, Infinity, GZIP)) expect(piece).toBeDefined();
  };
  await expect(read()).rejects.toBe(error);
});

function patched(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= 0xff;
  return copy;
}
