import { SluiceError } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/imports/import.ts';
import type { Source } from '../../core/ports.ts';

/** A file to read: a local one, a stream that was kept in a temporary file, or an object of S3. */
export type Input = {
  /** As the person who typed the command knows it. */
  readonly name: string;
  /** In the bucket of local files (`LOCAL_BUCKET`), since a command reads it; the key of an object of S3 is its URL. */
  readonly object: ObjectRef;
  /** Reads its text: `textSource` is inside. */
  readonly source: Source;
};

/** Far more than a person loads by hand, and about 30 MB of memory. */
export const MOST_INPUTS = 100_000;

export function inputMissing(path: string, sentence: string, cause?: unknown): SluiceError {
  return new SluiceError('input-missing', sentence, { data: { file: path }, cause });
}

export function tooManyInputs(path: string): SluiceError {
  return new SluiceError(
    'configuration-invalid',
    `${path} names more than ${MOST_INPUTS.toLocaleString('en-US')} files. Name a part of them.`,
    { data: { file: path } },
  );
}

/** Natural order: part-2 comes before part-10. */
const collator = new Intl.Collator('en', { numeric: true });

export function byName(one: string, other: string): number {
  return collator.compare(one, other) || (one < other ? -1 : 1);
}
