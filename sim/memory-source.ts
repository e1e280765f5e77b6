import { SluiceError } from '../src/core/errors.ts';
import type { ObjectRef } from '../src/core/import.ts';
import type { Source } from '../src/core/ports.ts';

/** Objects in memory, read in pieces of `pieceBytes`. */
export type MemorySource = Source & {
  put(key: string, body: Uint8Array): ObjectRef;
  delete(object: ObjectRef): void;
};

export function memorySource(options: { pieceBytes?: number } = {}): MemorySource {
  const pieceBytes = options.pieceBytes ?? 64 * 1024;
  const bodies = new Map<string, Uint8Array>();
  let versions = 0;

  return { put, delete: (object) => void bodies.delete(nameOf(object)), read };

  function put(key: string, body: Uint8Array): ObjectRef {
    versions++;
    const object: ObjectRef = {
      bucket: 'source',
      key,
      versionId: `v${versions}`,
      etag: `e${versions}`,
      sizeBytes: body.length,
      sequencer: versions.toString(16).padStart(16, '0'),
    };
    bodies.set(nameOf(object), body);
    return object;
  }

  async function* read(object: ObjectRef, startBytes: number, endBytes: number): AsyncGenerator<Uint8Array> {
    for (let at = startBytes; at < endBytes; at += pieceBytes) {
      const body = bodies.get(nameOf(object));
      if (body === undefined) {
        throw new SluiceError(
          'object-gone',
          `${nameOf(object)} was deleted before it was read. Drop it again.`,
        );
      }
      yield body.slice(at, Math.min(at + pieceBytes, endBytes));
    }
  }
}

function nameOf(object: ObjectRef): string {
  return `s3://${object.bucket}/${object.key}?versionId=${object.versionId}`;
}
