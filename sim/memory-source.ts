import { SluiceError } from '../src/core/errors.ts';
import type { ObjectRef } from '../src/core/imports/import.ts';
import type { Clock, Source } from '../src/core/ports.ts';

/** The speed of one S3 stream. */
export type SourceSpeed = {
  readonly clock: Clock;
  /** "Best practices design patterns: optimizing Amazon S3 performance": roughly 100–200 ms. Default 150. */
  readonly firstByteMs?: number;
  /** The same: 85–90 MB/s a request. Default 85e6. */
  readonly bytesPerSecond?: number;
};

/** Objects in memory, read in pieces of `pieceBytes`, at once or at the given speed. */
export type MemorySource = Source & {
  put(key: string, body: Uint8Array): ObjectRef;
  delete(object: ObjectRef): void;
};

export function memorySource(options: { pieceBytes?: number; speed?: SourceSpeed } = {}): MemorySource {
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
    if (options.speed !== undefined) await firstByte(options.speed);
    for (let at = startBytes; at < endBytes; at += pieceBytes) {
      const body = bodies.get(nameOf(object));
      if (body === undefined) {
        throw new SluiceError(
          'object-gone',
          `${nameOf(object)} was deleted before it was read. Drop it again.`,
        );
      }
      const piece = body.slice(at, Math.min(at + pieceBytes, endBytes));
      if (options.speed !== undefined) await transfer(options.speed, piece.length);
      yield piece;
    }
  }
}

function firstByte({ clock, firstByteMs = 150 }: SourceSpeed): Promise<void> {
  return clock.sleep(firstByteMs);
}

function transfer({ clock, bytesPerSecond = 85e6 }: SourceSpeed, bytes: number): Promise<void> {
  return clock.sleep((bytes / bytesPerSecond) * 1000);
}

function nameOf(object: ObjectRef): string {
  return `s3://${object.bucket}/${object.key}?versionId=${object.versionId}`;
}
