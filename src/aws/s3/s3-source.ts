import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SluiceError } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/imports/import.ts';
import type { Clock, Source } from '../../core/ports.ts';
import { callError, errorName, httpStatus } from '../call-error.ts';
import { wallClock } from '../../node/wall-clock.ts';

/** How often in a row a stream may fail without a byte more; any byte sets the count back. */
const MAX_FAILURES = 5;
/** Waited before the first new request at most; twice as long before each further one. */
const BACKOFF_MS = 200;
/** A stream that brings no bytes for this time, while its reader waits, is treated as broken. */
const SILENCE_MS = 30_000;

/**
 * Objects of S3, read by ranged requests that are pinned to version and ETag. Needs `s3:GetObjectVersion`, and `s3:GetObject`
 * for objects without a version. Beside what the port says it throws `credentials-missing`, `credentials-expired`,
 * `certificate-untrusted` and `clock-skewed`, which no retry can fix, and `endpoint-unreachable` after retries.
 */
export function s3Source({ client, clock = wallClock() }: { client: S3Client; clock?: Clock }): Source {
  return { read };

  async function* read(object: ObjectRef, startBytes: number, endBytes: number): AsyncGenerator<Uint8Array> {
    let at = startBytes;
    let failures = 0;
    while (at < endBytes) {
      let body: Readable | undefined;
      try {
        body = await open(object, at, endBytes);
        const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
        while (at < endBytes) {
          const next = await unlessSilent(pieces.next());
          if (next.done === true) throw new Error(`The stream ended ${endBytes - at} bytes early.`);
          at += next.value.length;
          failures = 0;
          yield next.value;
        }
      } catch (error) {
        failures++;
        const final = verdict(error, object);
        if (final !== null) throw final;
        if (failures > MAX_FAILURES) throw givenUp(error, object, at);
        await clock.sleep(clock.random() * BACKOFF_MS * 2 ** (failures - 1));
      } finally {
        body?.destroy();
      }
    }
  }

  async function open(object: ObjectRef, startBytes: number, endBytes: number): Promise<Readable> {
    const command = new GetObjectCommand({
      Bucket: object.bucket,
      Key: object.key,
      Range: `bytes=${startBytes}-${endBytes - 1}`,
      IfMatch: `"${object.etag}"`,
      ...(object.versionId === null ? {} : { VersionId: object.versionId }),
    });
    const silence = new AbortController();
    const sent = client.send(command, { abortSignal: silence.signal });
    const { Body, ContentRange } = await unlessSilent(sent, () => silence.abort());
    const body = Body as Readable;
    if (ContentRange?.startsWith(`bytes ${startBytes}-${endBytes - 1}/`) === true) return body;
    body.destroy();
    throw unreadable(
      object,
      `bytes ${startBytes} to ${endBytes - 1} were requested, and '${ContentRange ?? 'all'}' was sent. The endpoint must support ranges`,
    );
  }

  /** The promise's value; throws if it takes longer than a silence may. */
  async function unlessSilent<T>(promise: Promise<T>, onSilence?: () => void): Promise<T> {
    const answered = new AbortController();
    try {
      const silence = clock.sleep(SILENCE_MS, answered.signal).then((): typeof SILENT => SILENT);
      const first = await Promise.race([promise, silence]);
      if (first !== SILENT) return first;
      onSilence?.();
      throw new Error(`S3 sent nothing for ${SILENCE_MS / 1000} s.`);
    } finally {
      answered.abort();
    }
  }
}

const SILENT = Symbol('silent');

/** The error to end with; null for one that may pass. */
function verdict(error: unknown, object: ObjectRef): SluiceError | null {
  if (error instanceof SluiceError) return error;
  const status = httpStatus(error);
  // 405 is S3's answer where the version is a delete marker.
  if (status === 404 || status === 405) {
    return new SluiceError(
      'object-gone',
      `${nameOf(object)} no longer exists (${errorName(error)}). If you still need its rows, upload the file again.`,
      { data: dataOf(object), cause: error },
    );
  }
  if (status === 412) {
    return new SluiceError(
      'object-changed',
      `${nameOf(object)} has changed since it was accepted: its ETag is no longer ${object.etag}. The new object has its own import; enable the bucket's versioning to load every version.`,
      { data: dataOf(object), cause: error },
    );
  }
  if (errorName(error) === 'InvalidObjectState') {
    return unreadable(
      object,
      'it is archived. Restore it to a storage class that can be read, and upload it again',
      error,
    );
  }
  const failed = accessError(error, object);
  if (failed !== undefined && failed.code !== 'endpoint-unreachable') return failed;
  const mayPass =
    status === undefined || status >= 500 || status === 429 || errorName(error) === 'RequestTimeout';
  return mayPass ? null : unreadable(object, textOf(error), error);
}

function givenUp(error: unknown, object: ObjectRef, atBytes: number): SluiceError {
  const what = `after ${MAX_FAILURES} more attempts at byte ${atBytes}: ${textOf(error)}. It is tried again with the next message`;
  return accessError(error, object) ?? unreadable(object, what, error);
}

function accessError(error: unknown, object: ObjectRef): SluiceError | undefined {
  return callError(error, {
    action: object.versionId === null ? 's3:GetObject' : 's3:GetObjectVersion',
    resource: `arn:aws:s3:::${object.bucket}/${object.key}`,
  });
}

function unreadable(object: ObjectRef, what: string, cause?: unknown): SluiceError {
  return new SluiceError('object-unreadable', `${nameOf(object)} could not be read: ${what}.`, {
    data: dataOf(object),
    cause,
  });
}

function nameOf({ bucket, key, versionId }: ObjectRef): string {
  return `s3://${bucket}/${key}${versionId === null ? '' : ` (version ${versionId})`}`;
}

function dataOf({ bucket, key, versionId, etag }: ObjectRef): Record<string, unknown> {
  return { bucket, key, versionId, etag };
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.replace(/\.$/, '')}` : String(error);
}
