import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { refusal } from '../endpoint/refusal.ts';
import { createSerial } from '../disk/serial.ts';
import { type Bucket, openBucket } from './bucket.ts';

/** All buckets, each in the folder with its name. */
export type BucketStore = {
  /** By name. */
  list(): readonly Bucket[];
  /** Throws `NoSuchBucket`. */
  get(name: string): Bucket;
  /** Creates the bucket if it does not exist. Throws `InvalidBucketName`. */
  create(name: string): Promise<void>;
  /** Throws `NoSuchBucket`, or `BucketNotEmpty` if it contains a version or a delete marker. */
  delete(name: string): Promise<void>;
};

/** How the folders of deleted buckets are named until they are gone: no bucket's name has an underscore. */
const deletedPrefix = '_deleted-';

/** Throws `file-unreadable` if the folder contains files of another format. */
export async function openBucketStore(folder: string, now: () => number): Promise<BucketStore> {
  await mkdir(folder, { recursive: true });
  const buckets = new Map<string, Bucket>();
  for (const name of await readdir(folder)) {
    if (name.startsWith(deletedPrefix)) await rm(join(folder, name), { recursive: true, force: true });
    else if (isBucketName(name)) buckets.set(name, await openBucket(name, join(folder, name), now));
  }
  const serially = createSerial();
  const get = (name: string): Bucket => {
    const bucket = buckets.get(name);
    if (bucket === undefined) {
      throw refusal(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
    }
    return bucket;
  };

  return {
    list: () => [...buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    get,
    create: (name) =>
      serially(async () => {
        if (!isBucketName(name)) {
          throw refusal(400, 'InvalidBucketName', `The specified bucket is not valid: '${name}'.`);
        }
        if (!buckets.has(name)) buckets.set(name, await openBucket(name, join(folder, name), now));
      }),
    delete: (name) =>
      serially(async () => {
        if (get(name).keys().length > 0) {
          throw refusal(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty.', {
            BucketName: name,
          });
        }
        buckets.delete(name);
        const grave = join(folder, `${deletedPrefix}${randomUUID()}`);
        await rename(join(folder, name), grave);
        await rm(grave, { recursive: true, force: true });
      }),
  };
}

/** 'Bucket naming rules'. They also prevent that a name means another folder. */
function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..');
}
