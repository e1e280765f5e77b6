import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SluiceError } from '../core/errors.ts';
import { LOCAL_BUCKET, type ObjectRef } from '../core/imports/import.ts';
import type { Source } from '../core/ports.ts';

/** A file of this machine as an object; its time and size stand for its version. Throws `file-unreadable`. */
export async function fileObject(path: string): Promise<ObjectRef> {
  const stats = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (!stats.isFile()) throw unreadable(path, new Error('it is not a file'));
  return {
    bucket: LOCAL_BUCKET,
    key: resolve(path),
    versionId: null,
    etag: `${Math.trunc(stats.mtimeMs)}-${stats.size}`,
    sizeBytes: stats.size,
    sequencer: null,
  };
}

/** Reads files that `fileObject` has described. Throws `object-changed` if a file was changed. */
export function fileSource(): Source {
  return {
    async *read(object, startBytes, endBytes) {
      if (startBytes === endBytes) return;
      const now = await fileObject(object.key);
      if (now.etag !== object.etag) {
        throw new SluiceError('object-changed', `${object.key} was changed during the load. Load it again.`, {
          data: { file: object.key, url: pathToFileURL(object.key).href },
        });
      }
      try {
        yield* createReadStream(object.key, {
          start: startBytes,
          end: endBytes - 1,
        }) as AsyncIterable<Uint8Array>;
      } catch (cause) {
        throw unreadable(object.key, cause);
      }
    },
  };
}

function unreadable(path: string, cause: unknown): SluiceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError(
    'file-unreadable',
    `${path} cannot be read: ${why}. Check the path and its permissions.`,
    {
      data: { file: path },
      cause,
    },
  );
}
