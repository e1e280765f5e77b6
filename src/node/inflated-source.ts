import { pipeline, Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { SluiceError } from '../core/errors.ts';
import { isCompressed } from '../core/csv/file-kind.ts';
import { type ObjectRef, objectName } from '../core/imports/import.ts';
import type { Source, TextStream } from '../core/ports.ts';

/** zlib inflates so many bytes at a time; one such piece waits to be taken. */
const PIECE_BYTES = 64 * 1024;
/** What zlib says of input that is damaged, or that ends too soon. */
const DAMAGES: ReadonlySet<unknown> = new Set(['Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT']);

/**
 * A source whose compressed objects are read as their text: gzip, of one member or several (RFC 1952), with length and CRC checked.
 * Each read begins with the object's first byte, because gzip is not seekable. Beside what the other source throws it throws
 * `gzip-damaged`. Objects that aren't compressed are the other source's.
 */
export function inflatedSource(source: Source): Source {
  return {
    read: (object, startBytes, endBytes) =>
      isCompressed(object)
        ? inflatedText(source, object, startBytes, endBytes)
        : source.read(object, startBytes, endBytes),
  };
}

function inflatedText(source: Source, object: ObjectRef, startBytes: number, endBytes: number): TextStream {
  const { sizeBytes } = object;
  let gunzip: Gunzip | null = null;
  let isClosed = false;

  return {
    get share() {
      return sizeBytes === 0 ? 1 : (gunzip?.bytesWritten ?? 0) / sizeBytes;
    },
    [Symbol.asyncIterator]() {
      const pieces = read();
      return {
        next: () => pieces.next(),
        // A generator hears of its return at its next yield only: that may be far, where much is skipped.
        return: () => {
          isClosed = true;
          gunzip?.destroy();
          return pieces.return(undefined);
        },
      };
    },
  };

  async function* read(): AsyncGenerator<Uint8Array, undefined> {
    if (isClosed || sizeBytes === 0 || startBytes >= endBytes) return;
    gunzip = createGunzip({ chunkSize: PIECE_BYTES });
    // Whatever goes wrong on the way there, the reader of gunzip is told.
    pipeline(Readable.from(source.read(object, 0, sizeBytes)), gunzip, () => undefined);
    let at = 0;
    try {
      for await (const piece of gunzip as AsyncIterable<Uint8Array>) {
        const from = Math.max(0, startBytes - at);
        const wanted = piece.subarray(from, endBytes - at);
        at += piece.length;
        if (wanted.length > 0) yield wanted;
        if (at >= endBytes) return;
      }
      await checkPadding(gunzip.bytesWritten, at);
    } catch (error) {
      if (isClosed) return;
      throw DAMAGES.has((error as NodeJS.ErrnoException).code) ? damaged(object, at, error) : error;
    }
  }

  /** Behind the last member there may be zeros, as on a tape. zlib stops at the first of them, whatever follows. */
  async function checkPadding(fromBytes: number, at: number): Promise<void> {
    if (fromBytes === sizeBytes) return;
    for await (const piece of source.read(object, fromBytes, sizeBytes)) {
      if (piece.some((byte) => byte !== 0))
        throw damaged(object, at, new Error('bytes follow the zeros behind its end'));
    }
  }
}

function damaged(object: ObjectRef, textBytes: number, cause: unknown): SluiceError {
  const name = objectName(object);
  const why = cause instanceof Error ? cause.message : String(cause);
  const data = { bucket: object.bucket, key: object.key, textBytes };
  if (textBytes === 0 && why === 'incorrect header check') {
    return new SluiceError(
      'gzip-damaged',
      `${name} is not gzip, though its name ends in .gz (${why}). Upload it again compressed by gzip, or with a name without .gz.`,
      { data, cause },
    );
  }
  return new SluiceError(
    'gzip-damaged',
    `${name} is damaged or truncated: gzip could be read up to byte ${textBytes} of the text (${why}). Check the original with gzip -t, compress it again if necessary, and upload it again.`,
    { data, cause },
  );
}
