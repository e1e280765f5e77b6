import type { ObjectRef } from './import.ts';

/** What a file that was meant to be CSV is instead, by its first bytes; null for anything else. */
export type ForeignKind = 'gzip' | 'zip';

/** RFC 1952, 2.3.1, and the local file header of PKWARE's APPNOTE.TXT, 4.3.7: a name of letters alone would be a column's. */
const MAGIC: readonly (readonly [ForeignKind, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
];

/** Is the object gzip? Its key says so: it ends in `.gz`, in any case of letters. */
export function isCompressed({ key }: Pick<ObjectRef, 'key'>): boolean {
  return key.toLowerCase().endsWith('.gz');
}

/** Length of an object's text, in bytes; Infinity for a compressed one, whose text must be read to know. */
export function textBytes(object: Pick<ObjectRef, 'key' | 'sizeBytes'>): number {
  return isCompressed(object) ? Infinity : object.sizeBytes;
}

export function foreignKind(bytes: Uint8Array): ForeignKind | null {
  return MAGIC.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte))?.[0] ?? null;
}
