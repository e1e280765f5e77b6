import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { refusal } from '../endpoint/refusal.ts';
import { type ChecksumName, type Checksums, createChecksum } from './checksum.ts';

export type Received = {
  readonly sizeBytes: number;
  /** In hex. */
  readonly md5: string;
  /** Checksums of the requested algorithms, in base64. */
  readonly checksums: Checksums;
};

/**
 * Writes the bytes to a new file as they arrive, and syncs it to disk. `verify` gets what was received and throws if
 * it differs from the client's values. Then, and if the transfer breaks off, no file remains.
 */
export async function receiveFile(
  path: string,
  bytes: AsyncIterable<Buffer>,
  algorithms: readonly ChecksumName[],
  verify: (received: Received) => void = () => undefined,
): Promise<Received> {
  const file = await open(path, 'wx');
  try {
    const md5 = createHash('md5');
    const checksums = algorithms.map((name) => ({ name, checksum: createChecksum(name) }));
    let sizeBytes = 0;
    for await (const piece of bytes) {
      md5.update(piece);
      for (const { checksum } of checksums) checksum.update(piece);
      sizeBytes += piece.length;
      await file.writeFile(piece);
    }
    const received = {
      sizeBytes,
      md5: md5.digest('hex'),
      checksums: Object.fromEntries(checksums.map(({ name, checksum }) => [name, checksum.digest()])),
    };
    verify(received);
    await file.sync();
    return received;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Compares checksums that a client gave with those of what arrived. */
export function checkChecksums(given: Checksums, received: Checksums): void {
  for (const [name, value] of Object.entries(given)) {
    if (received[name as ChecksumName] === value) continue;
    throw refusal(
      400,
      'BadDigest',
      `The ${name.toUpperCase()} you specified did not match the calculated checksum.`,
    );
  }
}
