import { createHash } from 'node:crypto';
import { SluiceError } from '../../src/core/errors.ts';
import type { ObjectRef } from '../../src/core/imports/import.ts';
import type { CsvFile } from './csv-file.ts';

/** One version of an object, with its content. */
export type Version = {
  /** From 0, in the order of the bucket's writes. */
  readonly number: number;
  readonly name: string;
  readonly object: ObjectRef;
  readonly file: CsvFile;
  readonly uploadedAtMs: number;
};

/** The parts of a request that name an object. */
export type ObjectVersion = Pick<ObjectRef, 'bucket' | 'key' | 'versionId' | 'etag'>;

/** S3: objects with or without versions, and the events of their creation. */
export type Bucket = {
  put(key: string, file: CsvFile, nowMs: number): Version;
  /** Without versioning, deletes the object; with versioning, permanently deletes the newest version, as only a person can. */
  delete(key: string): void;
  /** Bytes of exactly this version. Throws `object-gone`, `object-changed`. */
  read(object: ObjectVersion, startBytes: number, endBytes: number): Uint8Array;
  readonly versions: readonly Version[];
  /** Versions that can no longer be read. */
  readonly lost: ReadonlySet<Version>;
};

const NAME = 'sim-source';

export function bucket(options: { versioned: boolean }): Bucket {
  const versions: Version[] = [];
  const lost = new Set<Version>();

  return { put, delete: remove, read, versions, lost };

  function put(key: string, file: CsvFile, nowMs: number): Version {
    const number = versions.length;
    const older = versions.filter(({ object }) => object.key === key);
    if (!options.versioned) for (const version of older) lost.add(version);
    // S3 omits trailing zeros: sequencers are comparable only after padding on the right.
    const sequencer = (0x0062_e99a_88dc + number).toString(16).padStart(16, '0').replace(/0+$/, '');
    const object: ObjectRef = {
      bucket: NAME,
      key,
      versionId: options.versioned ? `v${number}` : null,
      etag: createHash('md5').update(file.body).digest('hex'),
      sizeBytes: file.body.length,
      sequencer: sequencer.toUpperCase(),
    };
    const name = `${key} (version ${older.length + 1})`;
    const version = { number, name, object, file, uploadedAtMs: nowMs };
    versions.push(version);
    return version;
  }

  function remove(key: string): void {
    const newest = versions.findLast((version) => version.object.key === key && !lost.has(version));
    if (newest !== undefined) lost.add(newest);
  }

  function read(object: ObjectVersion, startBytes: number, endBytes: number): Uint8Array {
    const { key, versionId, etag } = object;
    const there = versions.filter((version) => version.object.key === key && !lost.has(version));
    const found = versionId === null ? there.at(-1) : there.find((one) => one.object.versionId === versionId);
    if (found === undefined) throw new SluiceError('object-gone', `${key} is not there any more.`);
    if (found.object.etag !== etag) throw new SluiceError('object-changed', `${key} has changed.`);
    return found.file.body.slice(startBytes, endBytes);
  }
}

/** As S3 sends it: keys are form-encoded. */
export function creationEvent({ object, uploadedAtMs }: Version): unknown {
  const { key, versionId, etag, sizeBytes, sequencer } = object;
  const encodedKey = encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
  return {
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        eventTime: new Date(uploadedAtMs).toISOString(),
        s3: {
          bucket: { name: object.bucket },
          object: { key: encodedKey, size: sizeBytes, eTag: etag, versionId, sequencer },
        },
      },
    ],
  };
}
