import { isUtf8 } from '../../core/csv/text/text-guess.ts';
import { createUtf8Judge } from '../../core/csv/text/utf8-judge.ts';
import { type ObjectRef, objectName } from '../../core/imports/import.ts';
import type { Source, TextStream } from '../../core/ports.ts';
import type { FileHeader } from './file-header.ts';

/**
 * The text of a file's rows in [startBytes, endBytes), as `Source.read` takes them. If it is declared in a single-byte encoding, and its beginning is ASCII, it fails
 * with `encoding-mismatch` at the first piece whose other bytes are all UTF-8: no row is read before that whose letters would be wrong.
 */
export function rowsText(
  source: Source,
  object: ObjectRef,
  { coding, format, mayBeUtf8 }: FileHeader,
  { startBytes, endBytes }: { readonly startBytes: number; readonly endBytes: number },
): TextStream {
  const text = source.read(object, startBytes, endBytes, coding);
  return mayBeUtf8 ? watched(text, format.encoding, object) : text;
}

function watched(text: TextStream, encoding: string, object: ObjectRef): TextStream {
  return {
    get share() {
      return text.share;
    },
    [Symbol.asyncIterator]() {
      const pieces = text[Symbol.asyncIterator]();
      let judge: ReturnType<typeof createUtf8Judge> | null = createUtf8Judge();
      return {
        async next() {
          const next = await pieces.next();
          if (judge === null || next.done === true) return next;
          const verdict = judge.push(next.value);
          if (verdict === 'utf-8') throw isUtf8(encoding, objectName(object));
          if (verdict === 'other') judge = null;
          return next;
        },
        return: async () => (await pieces.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}
