/** Finds where a zstd frame ends (RFC 8878), because Node.js neither reads a second frame nor misses the end of the first. */
export type ZstdFrame = {
  /** Takes bytes of the frame. Returns where it ends in them, or -1: it goes on. Throws if they are none of a frame. */
  push(bytes: Uint8Array, from: number): number;
};

const MAGIC = 0xfd2fb528;
/** A frame whose content is skipped: any of sixteen. */
const SKIPPED_MAGIC = 0x184d2a50;
const MAGIC_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const RLE_BLOCK = 1;
const DICTIONARY_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

export function createZstdFrame(): ZstdFrame {
  let phase: 'magic' | 'descriptor' | 'block' | 'skipped size' | 'end' = 'magic';
  /** The bytes of the header that is read, little-endian, and how many there are and shall be. */
  let header = 0;
  let headerBytes = 0;
  let wantedBytes = MAGIC_BYTES;
  /** Bytes that follow and mean nothing here. */
  let contentBytes = 0;
  let hasChecksum = false;

  return {
    push(bytes, from) {
      let at = from;
      for (;;) {
        const content = Math.min(contentBytes, bytes.length - at);
        contentBytes -= content;
        at += content;
        if (contentBytes === 0 && phase === 'end') return at;
        if (at === bytes.length) return -1;
        header += bytes[at++]! * 2 ** (8 * headerBytes++);
        if (headerBytes === wantedBytes) readHeader();
      }
    },
  };

  function readHeader(): void {
    const read = header;
    header = 0;
    headerBytes = 0;
    if (phase === 'magic') {
      if (read === MAGIC) expect('descriptor', 1);
      else if (read - (read % 16) === SKIPPED_MAGIC) expect('skipped size', 4);
      else throw new Error('bytes follow that are no zstd frame');
    } else if (phase === 'skipped size') {
      contentBytes = read;
      phase = 'end';
    } else if (phase === 'descriptor') {
      const isSingleSegment = (read & 0x20) !== 0;
      hasChecksum = (read & 0x04) !== 0;
      const sizeFlag = read >> 6;
      const sizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!;
      contentBytes = (isSingleSegment ? 0 : 1) + DICTIONARY_BYTES[read & 3]! + sizeBytes;
      expect('block', BLOCK_HEADER_BYTES);
    } else {
      const isLast = (read & 1) !== 0;
      contentBytes = ((read >> 1) & 3) === RLE_BLOCK ? 1 : read >> 3;
      if (!isLast) return;
      if (hasChecksum) contentBytes += CHECKSUM_BYTES;
      phase = 'end';
    }
  }

  function expect(next: typeof phase, bytes: number): void {
    phase = next;
    wantedBytes = bytes;
  }
}
