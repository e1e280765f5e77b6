import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { unfinished, writeFileAtomic } from '../disk/atomic-file.ts';
import { refusal } from '../endpoint/refusal.ts';
import { type Bucket, isMissing } from './bucket.ts';
import type { Received } from './receive.ts';
import { fileName, parseState } from './version.ts';

/** A multipart upload that has not been completed: a folder with `upload.json`, and two files for each part. */
export type Upload = Readonly<z.infer<typeof uploadSchema>> & { readonly id: string };

export type Part = Readonly<z.infer<typeof partSchema>>;

const uploadSchema = z.strictObject({
  key: z.string(),
  startedAtMs: z.number(),
  headers: z.record(z.string(), z.string()),
});

const partSchema = z.strictObject({
  number: z.number(),
  file: fileName,
  sizeBytes: z.number(),
  md5: z.string(),
  checksums: z.record(z.string(), z.string()),
  lastModifiedMs: z.number(),
});

export async function startUpload(bucket: Bucket, upload: Omit<Upload, 'id'>): Promise<string> {
  const id = randomUUID().replaceAll('-', '');
  await mkdir(join(bucket.uploadsFolder, id));
  await writeFileAtomic(join(bucket.uploadsFolder, id, 'upload.json'), JSON.stringify(upload));
  return id;
}

/** Throws `NoSuchUpload` if the key has no such upload. */
export async function findUpload(bucket: Bucket, key: string, id: string): Promise<Upload> {
  const upload = /^[0-9a-f]{32}$/.test(id) ? await readUpload(bucket, id) : null;
  if (upload?.key === key) return upload;
  throw refusal(404, 'NoSuchUpload', 'The specified multipart upload does not exist.', { UploadId: id });
}

/** By key, then by id. */
export async function listUploads(bucket: Bucket): Promise<readonly Upload[]> {
  const uploads = await Promise.all(
    (await readdir(bucket.uploadsFolder)).map((id) => readUpload(bucket, id)),
  );
  return uploads
    .filter((upload) => upload !== null)
    .sort((a, b) => (a.key === b.key ? (a.id < b.id ? -1 : 1) : a.key < b.key ? -1 : 1));
}

/** Makes the file at `path` this part, and replaces an earlier part with its number. */
export async function addPart(
  bucket: Bucket,
  upload: Upload,
  path: string,
  facts: Received & { number: number; lastModifiedMs: number },
): Promise<Part> {
  const folder = join(bucket.uploadsFolder, upload.id);
  const earlier = (await readParts(bucket, upload)).find(({ number }) => number === facts.number);
  const part: Part = { ...facts, file: randomUUID(), checksums: { ...facts.checksums } };
  try {
    await rename(path, join(folder, part.file));
    await writeFileAtomic(join(folder, `${part.number}.part`), JSON.stringify(part));
  } catch (error) {
    await rm(path, { force: true });
    // The upload was completed or aborted meanwhile, and its folder is gone.
    if (isMissing(error)) return findUpload(bucket, upload.key, upload.id).then(() => Promise.reject(error));
    throw error;
  }
  if (earlier) await rm(join(folder, earlier.file), { force: true });
  return part;
}

/** By number. */
export async function readParts(bucket: Bucket, upload: Upload): Promise<readonly Part[]> {
  const folder = join(bucket.uploadsFolder, upload.id);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.part'));
  const parts = await Promise.all(
    files.map(async (file) => parseState(partSchema, file, await readFile(join(folder, file), 'utf8'))),
  );
  return parts.sort((a, b) => a.number - b.number);
}

/** The bytes of these parts, one after the other. */
export async function* joinParts(
  bucket: Bucket,
  upload: Upload,
  parts: readonly Part[],
): AsyncGenerator<Buffer> {
  for (const { file } of parts) {
    const path = join(bucket.uploadsFolder, upload.id, file);
    yield* createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
  }
}

/** Renames the folder in one step, then deletes it. */
export async function dropUpload(bucket: Bucket, upload: Upload): Promise<void> {
  const folder = join(bucket.uploadsFolder, upload.id);
  const grave = `${folder}${unfinished}`;
  await rename(folder, grave);
  await rm(grave, { recursive: true, force: true });
}

async function readUpload(bucket: Bucket, id: string): Promise<Upload | null> {
  if (id.endsWith(unfinished)) return null;
  const path = join(bucket.uploadsFolder, id, 'upload.json');
  try {
    return { id, ...parseState(uploadSchema, path, await readFile(path, 'utf8')) };
  } catch (error) {
    // Not yet begun, or ended meanwhile.
    if (isMissing(error)) return null;
    throw error;
  }
}
