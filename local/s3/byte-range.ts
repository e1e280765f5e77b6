import { refusal } from '../endpoint/refusal.ts';

/**
 * The bytes [start, end) that a `Range` header asks for, of an object of that size; null for the whole object, also where
 * the header is none that S3 understands (S3 supports one range only and ignores a header that it cannot parse).
 *
 * Throws `InvalidRange` (416) if the range is outside of the object.
 */
export function parseByteRange(header: string | null, sizeBytes: number): [number, number] | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  if (start >= end) {
    throw refusal(416, 'InvalidRange', 'The requested range is not satisfiable', {
      RangeRequested: header ?? '',
      ActualObjectSize: String(sizeBytes),
    });
  }
  return [start, end];
}
