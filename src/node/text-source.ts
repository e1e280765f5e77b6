import type { TextCoding } from '../core/csv/text/text-coding.ts';
import { isStreamed, PLAIN_TEXT } from '../core/csv/text/text-coding.ts';
import type { ObjectRef } from '../core/imports/import.ts';
import type { Source, TextStream } from '../core/ports.ts';
import { type Inflation, inflate } from './inflate.ts';
import { createTextDecoder } from './text-decoder.ts';

/**
 * A source that reads objects as their text: inflates gzip and zstd, and decodes encodings whose characters have several bytes to
 * UTF-8. `source` reads their bytes. Each read of such a text begins with the object's first byte, because it is not seekable. Beside
 * what the other source throws it throws `gzip-damaged` and `zstd-damaged`. Malformed characters become a byte that is no UTF-8
 * (`text-decoder.ts`), so that their rows are rejected.
 */
export function textSource(source: Source): Source {
  return {
    read: (object, startBytes, endBytes, coding = PLAIN_TEXT) =>
      isStreamed(coding)
        ? streamedText(source, object, { startBytes, endBytes, coding })
        : source.read(object, startBytes, endBytes),
  };
}

function streamedText(
  source: Source,
  object: ObjectRef,
  { startBytes, endBytes, coding }: { startBytes: number; endBytes: number; coding: TextCoding },
): TextStream {
  const { sizeBytes } = object;
  let inflation: Inflation | null = null;
  let readBytes = 0;
  let isClosed = false;

  return {
    get share() {
      return sizeBytes === 0 ? 1 : (inflation?.readBytes ?? readBytes) / sizeBytes;
    },
    [Symbol.asyncIterator]() {
      const pieces = read();
      return {
        next: () => pieces.next(),
        // A generator hears of its return at its next yield only: that may be far, where much is skipped.
        return: () => {
          isClosed = true;
          inflation?.close();
          return pieces.return(undefined);
        },
      };
    },
  };

  async function* read(): AsyncGenerator<Uint8Array, undefined> {
    if (isClosed || sizeBytes === 0 || startBytes >= endBytes) return;
    let at = 0;
    try {
      for await (const piece of text()) {
        const from = Math.max(0, startBytes - at);
        const wanted = piece.subarray(from, endBytes - at);
        at += piece.length;
        if (wanted.length > 0) yield wanted;
        if (at >= endBytes) return;
      }
    } catch (error) {
      if (!isClosed) throw error;
    } finally {
      inflation?.close();
    }
  }

  async function* text(): AsyncGenerator<Uint8Array, undefined> {
    const { decodedFrom } = coding;
    if (decodedFrom === null) {
      yield* bytes();
      return;
    }
    const decoder = createTextDecoder(decodedFrom);
    for await (const piece of bytes()) yield decoder.push(piece);
    yield decoder.end();
  }

  async function* bytes(): AsyncGenerator<Uint8Array, undefined> {
    if (coding.compression !== null) {
      inflation = inflate(source, object, coding.compression);
      yield* inflation.pieces;
      return;
    }
    for await (const piece of source.read(object, 0, sizeBytes)) {
      readBytes += piece.length;
      yield piece;
    }
  }
}
