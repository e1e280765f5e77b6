import type { S3Client } from '@aws-sdk/client-s3';
import { findObject, type ListedObject, listObjects } from '../../aws/s3/list-objects.ts';
import { s3Source } from '../../aws/s3/s3-source.ts';
import { SluiceError } from '../../core/errors.ts';
import { LOCAL_BUCKET, type ObjectRef } from '../../core/imports/import.ts';
import type { Source } from '../../core/ports.ts';
import { textSource } from '../../node/text-source.ts';
import { byName, type Input, inputMissing, MOST_INPUTS, tooManyInputs } from './input.ts';

/** A path `s3://bucket/key-or-prefix`. */
export type S3Path = { readonly bucket: string; readonly key: string };

/** null: the path names no object of S3. Throws `configuration-invalid` where the bucket is missing. */
export function parseS3Path(path: string): S3Path | null {
  if (!/^s3:\/\//i.test(path)) return null;
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(path)!;
  if (bucket !== '') return { bucket, key };
  throw new SluiceError(
    'configuration-invalid',
    `${path} names no bucket. Write s3://BUCKET/KEY or s3://BUCKET/PREFIX.`,
  );
}

/** The object with this key, or all objects whose keys begin with it. */
export async function s3Inputs(client: S3Client, { bucket, key }: S3Path): Promise<Input[]> {
  const source = textSource(urlSource(s3Source({ client })));
  const exact = key === '' || key.endsWith('/') ? null : await findObject(client, { bucket, key });
  const objects = exact === null ? await objectsUnder(client, bucket, key) : [exact];
  return objects
    .toSorted((one, other) => byName(one.key, other.key))
    .map((object) => {
      const name = urlOf({ bucket, key: object.key });
      const { etag, sizeBytes } = object;
      return {
        name,
        object: { bucket: LOCAL_BUCKET, key: name, versionId: null, etag, sizeBytes, sequencer: null },
        source,
      };
    });
}

async function objectsUnder(client: S3Client, bucket: string, prefix: string): Promise<ListedObject[]> {
  const url = urlOf({ bucket, key: prefix });
  const objects: ListedObject[] = [];
  for await (const page of listObjects(client, { bucket, prefix })) {
    objects.push(...page);
    // The key itself comes first in the order of keys.
    if (objects[0]?.key === prefix) return objects.slice(0, 1);
    if (objects.length > MOST_INPUTS) throw tooManyInputs(url);
  }
  if (objects.length > 0) return objects;
  const hint = /[*?]/.test(prefix) ? ' An S3 path has no wildcards: name a key or a prefix.' : '';
  throw inputMissing(url, `No object's key begins with ${url}.${hint}`);
}

/** Reads objects whose key is their URL. */
function urlSource(source: Source): Source {
  return { read: (object, startBytes, endBytes) => source.read(inS3(object), startBytes, endBytes) };
}

function inS3(object: ObjectRef): ObjectRef {
  const { bucket, key } = parseS3Path(object.key)!;
  return { ...object, bucket, key };
}

function urlOf({ bucket, key }: S3Path): string {
  return `s3://${bucket}/${key}`;
}
