import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { SluiceError } from '../core/errors.ts';
import { type ObjectRef, objectName } from '../core/imports/import.ts';
import type { Source } from '../core/ports.ts';
import { createZstdFrame } from './zstd-frames.ts';

/** An object while it is inflated. */
export type Inflation = {
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Bytes of the object that were taken so far. */
  readonly readBytes: number;
  /** Ends the iteration, and closes the source. */
  close(): void;
};

/** zlib inflates so many bytes at a time; one such piece waits to be taken. */
const PIECE_BYTES = 64 * 1024;
/** zstd holds a window of the text in memory: 2^25 is 32 MiB. RFC 8878 recommends to support 8 MB; more is only used by `--ultra` and `--long`. */
const MOST_WINDOW_LOG = 25;
/** What zlib says of input that is damaged, or that ends too soon. */
const DAMAGES = /^Z_(DATA_ERROR|BUF_ERROR|NEED_DICT)$|^ZSTD_error_/;
const WINDOW_TOO_LARGE = 'ZSTD_error_frameParameter_windowTooLarge';

/** The object's bytes do not make sense. */
class Damage extends Error {}

/**
 * Inflates an object: gzip of one member or several (RFC 1952), with length and CRC checked, or zstd of one frame or several (RFC
 * 8878). Throws `gzip-damaged` or `zstd-damaged`, and what the source throws.
 */
export function inflate(source: Source, object: ObjectRef, compression: 'gzip' | 'zstd'): Inflation {
  const { sizeBytes } = object;
  let stream: (Transform & { readonly bytesWritten: number }) | null = null;
  let isClosed = false;
  /** Of the streams before the present one. */
  let earlierBytes = 0;

  return {
    pieces: pieces(),
    get readBytes() {
      return earlierBytes + (stream?.bytesWritten ?? 0);
    },
    close() {
      isClosed = true;
      stream?.destroy();
    },
  };

  async function* pieces(): AsyncGenerator<Uint8Array, undefined> {
    let at = 0;
    try {
      for await (const piece of compression === 'gzip' ? gzipText() : zstdText()) {
        at += piece.length;
        yield piece;
      }
    } catch (error) {
      const isDamage = error instanceof Damage || DAMAGES.test((error as NodeJS.ErrnoException).code ?? '');
      throw isDamage ? damaged(object, compression, at, error) : error;
    }
  }

  async function* gzipText(): AsyncGenerator<Uint8Array, undefined> {
    yield* through(createGunzip({ chunkSize: PIECE_BYTES }), source.read(object, 0, sizeBytes));
    // Behind the last member there may be zeros, as on a tape. zlib stops at the first of them, whatever follows.
    if (earlierBytes === sizeBytes) return;
    for await (const piece of source.read(object, earlierBytes, sizeBytes)) {
      if (piece.some((byte) => byte !== 0)) throw new Damage('bytes follow the zeros behind its end');
    }
  }

  async function* zstdText(): AsyncGenerator<Uint8Array, undefined> {
    const input = source.read(object, 0, sizeBytes)[Symbol.asyncIterator]();
    let piece = new Uint8Array(0);
    let at = 0;
    try {
      while (await hasMore()) yield* through(createZstdStream(), frame());
    } finally {
      await input.return?.();
    }

    async function hasMore(): Promise<boolean> {
      while (at === piece.length) {
        const next = await input.next();
        if (next.done === true) return false;
        piece = next.value as Uint8Array<ArrayBuffer>;
        at = 0;
      }
      return !isClosed;
    }

    /** The bytes of one frame. */
    async function* frame(): AsyncGenerator<Uint8Array, undefined> {
      const parser = createZstdFrame();
      for (let end = -1; end === -1;) {
        if (!(await hasMore())) throw new Damage('unexpected end of file');
        const from = at;
        end = pushed(parser, from);
        at = end === -1 ? piece.length : end;
        yield piece.subarray(from, at);
      }
    }

    function pushed(parser: ReturnType<typeof createZstdFrame>, from: number): number {
      try {
        return parser.push(piece, from);
      } catch (cause) {
        throw new Damage((cause as Error).message);
      }
    }
  }

  async function* through(
    opened: Transform & { readonly bytesWritten: number },
    input: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, undefined> {
    stream = opened;
    // Whatever goes wrong on the way there, the reader of the stream is told.
    pipeline(Readable.from(input), opened, () => undefined);
    yield* opened as AsyncIterable<Uint8Array>;
    earlierBytes += opened.bytesWritten;
    stream = null;
  }
}

function createZstdStream(): ReturnType<typeof createZstdDecompress> {
  const params = { [constants.ZSTD_d_windowLogMax]: MOST_WINDOW_LOG };
  return createZstdDecompress({ chunkSize: PIECE_BYTES, params });
}

const CODES = { gzip: 'gzip-damaged', zstd: 'zstd-damaged' } as const;

function damaged(
  object: ObjectRef,
  compression: 'gzip' | 'zstd',
  textBytes: number,
  cause: unknown,
): SluiceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const data = { bucket: object.bucket, key: object.key, textBytes };
  const name = objectName(object);
  if ((cause as NodeJS.ErrnoException).code === WINDOW_TOO_LARGE) {
    return new SluiceError(
      CODES[compression],
      `${name} needs a zstd window of more than ${2 ** (MOST_WINDOW_LOG - 20)} MiB, which is more memory than a load has. Compress it again without --ultra and --long, and upload it again.`,
      { data, cause },
    );
  }
  return new SluiceError(
    CODES[compression],
    `${name} is damaged or truncated: ${compression} could be read up to byte ${textBytes} of the text (${why}). Check the original with ${compression} -t, compress it again if necessary, and upload it again.`,
    { data, cause },
  );
}
