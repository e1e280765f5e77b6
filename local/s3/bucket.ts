import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { unfinished, writeFileAtomic } from '../disk/atomic-file.ts';
import { createSerial } from '../disk/serial.ts';
import {
  type KeyRecord,
  type Version,
  formatKeyRecord,
  nullVersionId,
  parseKeyRecord,
  parseState,
} from './version.ts';

/**
 * One bucket on disk, with its index in memory. Keys never become paths: a key's versions are in `keys/SHA-256.json`, their
 * bytes in files with random names under `data/`, unfinished ones under `incoming/`.
 */
export type Bucket = {
  readonly name: string;
  readonly createdAtMs: number;
  /** The folder of incomplete multipart uploads. */
  readonly uploadsFolder: string;
  versioning(): Versioning;
  setVersioning(versioning: Versioning): Promise<void>;
  /** All keys with a version or a delete marker, in the order of their UTF-8 bytes. */
  keys(): readonly string[];
  /** The newest first; empty if the key does not exist. */
  versions(key: string): readonly Version[];
  /** A path on the same disk, for the bytes of a new object. */
  incomingPath(): string;
  dataPath(version: Version): string;
  /**
   * Creates an object from the file at `path`, which is moved. `admit` is called with the current version, in the same step as the
   * change, and throws to prevent it. `done` is called with the new version before any later change of this bucket.
   */
  put(
    key: string,
    draft: VersionDraft,
    path: string,
    admit: (current: Version | null) => void,
    done: (version: Version) => void,
  ): Promise<Version>;
  /** Deletes as S3 does: a version permanently, or with a delete marker if versioning is on. Null: there was nothing to delete. */
  remove(key: string, versionId: string | null): Promise<Version | null>;
};

const versioningSchema = z.enum(['unversioned', 'enabled', 'suspended']);
export type Versioning = z.infer<typeof versioningSchema>;

export type VersionDraft = Pick<Version, 'sizeBytes' | 'etag' | 'headers' | 'checksums'>;

const bucketSchema = z.strictObject({ createdAtMs: z.number(), versioning: versioningSchema });

/** The newest version if it is an object, null if there is none or it is a delete marker. */
export function currentObject(bucket: Bucket, key: string): Version | null {
  const newest = bucket.versions(key)[0];
  return newest === undefined || newest.isDeleteMarker ? null : newest;
}

/** Opens or creates the bucket in a folder. Deletes unfinished files of a crash. Throws `file-unreadable`. */
export async function openBucket(name: string, folder: string, now: () => number): Promise<Bucket> {
  const folders = {
    keys: join(folder, 'keys'),
    data: join(folder, 'data'),
    incoming: join(folder, 'incoming'),
    uploads: join(folder, 'uploads'),
  };
  await Promise.all(Object.values(folders).map((path) => mkdir(path, { recursive: true })));
  const settingsPath = join(folder, 'bucket.json');
  let settings = await readSettings(settingsPath, now);
  const records = await readRecords(folders.keys);
  await removeLeftovers(folders, records);

  let sortedKeys: string[] | null = null;
  let lastSequence = latestSequence(records);
  const serially = createSerial();

  /** Increases also after restarts and if the clock is set back, because it continues from the latest stored one. */
  const nextSequencer = (): string => {
    const byClock = BigInt(now()) << 16n;
    lastSequence = byClock > lastSequence ? byClock : lastSequence + 1n;
    return lastSequence.toString(16).padStart(16, '0').toUpperCase();
  };
  const store = async (key: string, versions: readonly Version[]): Promise<void> => {
    const path = join(folders.keys, `${createHash('sha256').update(key).digest('hex')}.json`);
    if (versions.length === 0) await rm(path, { force: true });
    else await writeFileAtomic(path, formatKeyRecord({ key, versions }));
    const before = records.get(key)?.versions ?? [];
    if (versions.length === 0) records.delete(key);
    else records.set(key, { key, versions });
    if (before.length === 0 || versions.length === 0) sortedKeys = null;
    const dropped = before.filter((version) => !versions.includes(version));
    await Promise.all(dropped.map((version) => rm(dataPath(version), { force: true })));
  };
  const dataPath = ({ file }: Version): string => join(folders.data, file ?? 'none');
  const versionsOf = (key: string): readonly Version[] => records.get(key)?.versions ?? [];
  /** The versions that remain when a new one is added. */
  const kept = (key: string): readonly Version[] =>
    settings.versioning === 'enabled'
      ? versionsOf(key)
      : versionsOf(key).filter(({ versionId }) => versionId !== nullVersionId);
  const stamp = (): Pick<Version, 'versionId' | 'sequencer' | 'lastModifiedMs'> => ({
    versionId: settings.versioning === 'enabled' ? randomUUID().replaceAll('-', '') : nullVersionId,
    sequencer: nextSequencer(),
    lastModifiedMs: now(),
  });

  return {
    name,
    createdAtMs: settings.createdAtMs,
    uploadsFolder: folders.uploads,
    versioning: () => settings.versioning,
    setVersioning: (versioning) =>
      serially(async () => {
        settings = { ...settings, versioning };
        await writeFileAtomic(settingsPath, JSON.stringify(settings));
      }),
    keys: () => (sortedKeys ??= [...records.keys()].sort(compareKeys)),
    versions: versionsOf,
    incomingPath: () => join(folders.incoming, randomUUID()),
    dataPath,
    put: (key, draft, path, admit, done) =>
      serially(async () => {
        try {
          const newest = versionsOf(key)[0];
          admit(newest === undefined || newest.isDeleteMarker ? null : newest);
          const version: Version = { ...draft, ...stamp(), isDeleteMarker: false, file: randomUUID() };
          await rename(path, dataPath(version));
          await store(key, [version, ...kept(key)]);
          done(version);
          return version;
        } finally {
          await rm(path, { force: true });
        }
      }),
    remove: (key, versionId) =>
      serially(async () => {
        if (versionId !== null) {
          const version = versionsOf(key).find((one) => one.versionId === versionId) ?? null;
          if (version)
            await store(
              key,
              versionsOf(key).filter((one) => one !== version),
            );
          return version;
        }
        if (settings.versioning === 'unversioned') {
          const version = versionsOf(key)[0] ?? null;
          if (version) await store(key, kept(key));
          return version;
        }
        const marker: Version = { ...stamp(), ...markerContent };
        await store(key, [marker, ...kept(key)]);
        return marker;
      }),
  };
}

const markerContent = {
  isDeleteMarker: true,
  file: null,
  sizeBytes: 0,
  etag: '',
  headers: {},
  checksums: {},
};

/** S3 sorts keys by their UTF-8 bytes; JavaScript sorts strings by UTF-16 code units. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

async function readSettings(path: string, now: () => number): Promise<z.infer<typeof bucketSchema>> {
  try {
    return parseState(bucketSchema, path, await readFile(path, 'utf8'));
  } catch (error) {
    if (!isMissing(error)) throw error;
    const settings = { createdAtMs: now(), versioning: 'unversioned' as const };
    await writeFileAtomic(path, JSON.stringify(settings));
    return settings;
  }
}

async function readRecords(folder: string): Promise<Map<string, KeyRecord>> {
  const records = new Map<string, KeyRecord>();
  for (const file of await readdir(folder)) {
    if (file.endsWith(unfinished)) continue;
    const path = join(folder, file);
    const record = parseKeyRecord(path, await readFile(path, 'utf8'));
    records.set(record.key, record);
  }
  return records;
}

async function removeLeftovers(
  folders: { keys: string; data: string; incoming: string; uploads: string },
  records: ReadonlyMap<string, KeyRecord>,
): Promise<void> {
  const known = new Set([...records.values()].flatMap(({ versions }) => versions.map(({ file }) => file)));
  await removeFiles(folders.keys, (file) => file.endsWith(unfinished));
  await removeFiles(folders.uploads, (file) => file.endsWith(unfinished));
  await removeFiles(folders.incoming, () => true);
  await removeFiles(folders.data, (file) => !known.has(file));
}

async function removeFiles(folder: string, isLeftover: (file: string) => boolean): Promise<void> {
  const files = (await readdir(folder)).filter(isLeftover);
  await Promise.all(files.map((file) => rm(join(folder, file), { recursive: true, force: true })));
}

function latestSequence(records: ReadonlyMap<string, KeyRecord>): bigint {
  let latest = 0n;
  for (const { versions } of records.values()) {
    for (const { sequencer } of versions) {
      const sequence = BigInt(`0x${sequencer}`);
      if (sequence > latest) latest = sequence;
    }
  }
  return latest;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
