import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../core/errors.ts';
import { LOCAL_BUCKET, objectName, type ObjectRef } from '../core/imports/import.ts';
import type { Source } from '../core/ports.ts';

/** A stream that is kept in a temporary file, so that it can be read more than once. */
export type SpooledFile = {
  /** Its ETag is the digest of its bytes: the same bytes are the same object. */
  readonly object: ObjectRef;
  readonly source: Source;
  /** Frees the space on the disk. */
  close(): Promise<void>;
};

/**
 * Copies the stream to a temporary file. The file has no name once this process has opened it: nobody else can open it, and the
 * system removes it when the process ends, however that happens. Throws `file-unreadable`.
 */
export async function spool(stream: AsyncIterable<Uint8Array>, key: string): Promise<SpooledFile> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-')).catch((cause: unknown) => {
    throw notKept(key, cause);
  });
  let handle: FileHandle;
  try {
    handle = await open(join(folder, 'input'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  try {
    const digest = createHash('sha256');
    let sizeBytes = 0;
    for await (const piece of stream) {
      digest.update(piece);
      await writeAll(handle, piece);
      sizeBytes += piece.length;
    }
    const etag = digest.digest('hex').slice(0, 32);
    return {
      object: { bucket: LOCAL_BUCKET, key, versionId: null, etag, sizeBytes, sequencer: null },
      source: handleSource(handle),
      close: () => handle.close(),
    };
  } catch (cause) {
    await handle.close();
    throw notKept(key, cause);
  }
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length;) {
    const { bytesWritten } = await handle.write(piece, at);
    at += bytesWritten;
  }
}

const PIECE_BYTES = 65_536;

function handleSource(handle: FileHandle): Source {
  return {
    async *read(_object, startBytes, endBytes) {
      for (let at = startBytes; at < endBytes;) {
        // The consumer owns each piece.
        const piece = new Uint8Array(Math.min(PIECE_BYTES, endBytes - at));
        const { bytesRead } = await handle.read(piece, 0, piece.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    },
  };
}

function notKept(key: string, cause: unknown): SluiceError {
  const name = objectName({ bucket: LOCAL_BUCKET, key });
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError(
    'file-unreadable',
    `${name} could not be read into a temporary file: ${why}. It needs as much free space as the input has bytes; TMPDIR names the folder.`,
    { data: { file: name }, cause },
  );
}
