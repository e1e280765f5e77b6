import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { SluiceError } from '../../core/errors.ts';
import { callError, errorName, httpStatus } from '../call-error.ts';

/** An object as S3 lists it. */
export type ListedObject = {
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
};

/**
 * The objects whose keys begin with the prefix, in pages, in the order of their keys' bytes; without those that stand for
 * folders. Needs `s3:ListBucket`. Throws `input-missing` where there is no such bucket, and `access-denied` and the other errors of
 * a call.
 */
export async function* listObjects(
  client: S3Client,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
): AsyncGenerator<readonly ListedObject[]> {
  let token: string | undefined;
  do {
    const page = await client
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
      .catch((error: unknown) => {
        throw listError(error, bucket);
      });
    yield (page.Contents ?? []).flatMap(({ Key, ETag, Size, LastModified }) =>
      Key === undefined || Key.endsWith('/')
        ? []
        : [
            {
              key: Key,
              etag: unquoted(ETag),
              sizeBytes: Size ?? 0,
              modifiedAtMs: LastModified?.getTime() ?? 0,
            },
          ],
    );
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

/**
 * The object with exactly this key; null where there is none, or where it may not be read: without `s3:ListBucket` S3 gives the same
 * answer for both. Throws the errors of a call that fails for another reason.
 */
export async function findObject(
  client: S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): Promise<ListedObject | null> {
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return {
      key,
      etag: unquoted(head.ETag),
      sizeBytes: head.ContentLength ?? 0,
      modifiedAtMs: head.LastModified?.getTime() ?? 0,
    };
  } catch (error) {
    const status = httpStatus(error);
    if (status === 403 || status === 404) return null;
    throw callError(error, { action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/${key}` }) ?? error;
  }
}

function listError(error: unknown, bucket: string): unknown {
  if (/NoSuchBucket|InvalidBucketName/.test(errorName(error))) {
    return new SluiceError(
      'input-missing',
      `There is no bucket '${bucket}'. Check its name and the account; without --aws, buckets are those of the local stack.`,
      { data: { bucket }, cause: error },
    );
  }
  return callError(error, { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }) ?? error;
}

function unquoted(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
