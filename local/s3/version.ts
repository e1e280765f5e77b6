import * as z from 'zod';
import { SluiceError } from '../../src/core/errors.ts';

const checksum = z.string().optional();

/** A random file name. If paths were allowed, a foreign data folder could name any file of this machine. */
export const fileName = z.uuid();

const versionSchema = z.strictObject({
  /** 'null' if the object was put while versioning was off. */
  versionId: z.string(),
  /** Hexadecimal digits, always 16: later changes of the bucket have greater ones. */
  sequencer: z.string(),
  lastModifiedMs: z.number(),
  isDeleteMarker: z.boolean(),
  /** The name of the file that holds the bytes; null for a delete marker. */
  file: fileName.nullable(),
  sizeBytes: z.number(),
  /** Without quotes. */
  etag: z.string(),
  /** Headers to return: `content-type`, `x-amz-meta-*` … */
  headers: z.record(z.string(), z.string()),
  checksums: z.strictObject({
    crc32: checksum,
    crc32c: checksum,
    crc64nvme: checksum,
    sha1: checksum,
    sha256: checksum,
  }),
});

const keySchema = z.strictObject({ key: z.string(), versions: z.array(versionSchema) });

/** One version of an object, or a delete marker in its place. */
export type Version = Readonly<z.infer<typeof versionSchema>>;

/** All versions of a key, the newest first. */
export type KeyRecord = { readonly key: string; readonly versions: readonly Version[] };

/** The id of versions that are none: where an object is put without versioning, it replaces the one with this id. */
export const nullVersionId = 'null';

export function formatKeyRecord(record: KeyRecord): string {
  return JSON.stringify(record);
}

/** Throws `file-unreadable` for a text that is not in the format of `formatKeyRecord`. */
export function parseKeyRecord(path: string, text: string): KeyRecord {
  return parseState(keySchema, path, text);
}

/** Reads a file of the stack's own. Throws `file-unreadable` for what does not fit. */
export function parseState<S extends z.ZodType>(schema: S, path: string, text: string): z.infer<S> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SluiceError(
      'file-unreadable',
      `${path} is not a file that the local stack has written. Delete its folder to begin with an empty bucket.`,
      { data: { path }, cause },
    );
  }
}
