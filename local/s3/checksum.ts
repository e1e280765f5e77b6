import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createCrc32c, createCrc64Nvme } from './crc.ts';

/** As in the header `x-amz-checksum-NAME` ('Checking object integrity in Amazon S3'). */
export type ChecksumName = 'crc32' | 'crc32c' | 'crc64nvme' | 'sha1' | 'sha256';

export type Checksums = { readonly [name in ChecksumName]?: string };

export const checksumNames: readonly ChecksumName[] = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'];

/** An incremental checksum; `digest` returns it in base64, as S3 writes it. */
export type Checksum = { update(bytes: Uint8Array): void; digest(): string };

export function createChecksum(name: ChecksumName): Checksum {
  switch (name) {
    case 'crc32':
      return createCrc32();
    case 'crc32c':
      return inBase64(createCrc32c());
    case 'crc64nvme':
      return inBase64(createCrc64Nvme());
    case 'sha1':
    case 'sha256':
      return inBase64(createHash(name));
  }
}

/** The name in `x-amz-checksum-NAME`, or null if that is no checksum. */
export function checksumNameOf(header: string): ChecksumName | null {
  return checksumNames.find((name) => header.toLowerCase() === `x-amz-checksum-${name}`) ?? null;
}

function inBase64(hash: { update(bytes: Uint8Array): unknown; digest(): Buffer }): Checksum {
  return {
    update(bytes) {
      hash.update(bytes);
    },
    digest: () => hash.digest().toString('base64'),
  };
}

function createCrc32(): Checksum {
  let value = 0;
  return {
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}
