/**
 * The file's text from the first row that is not settled on, as the pieces in which it came: a row that the table refuses is cut
 * from it, without a second reading of the file (which would inflate a compressed one from its start).
 */
export type UnsettledText = {
  /** The next piece. It is kept as it is: nobody may write to it any more. */
  push(piece: Uint8Array): void;
  /** A copy of what stands at these offsets of the file. */
  slice(startBytes: number, endBytes: number): Uint8Array;
  /** Everything before this offset is settled. */
  dropBefore(offsetBytes: number): void;
  readonly heldBytes: number;
};

/** About what an array takes beside its bytes: pieces may be small. */
const PIECE_BYTES = 128;

export function createUnsettledText(startBytes: number): UnsettledText {
  const pieces: Uint8Array[] = [];
  let firstBytes = startBytes;
  let heldBytes = 0;

  return {
    push,
    slice,
    dropBefore,
    get heldBytes() {
      return heldBytes;
    },
  };

  function push(piece: Uint8Array): void {
    pieces.push(piece);
    heldBytes += piece.length + PIECE_BYTES;
  }

  function slice(start: number, end: number): Uint8Array {
    const text = new Uint8Array(end - start);
    let pieceStart = firstBytes;
    for (const piece of pieces) {
      const pieceEnd = pieceStart + piece.length;
      if (pieceStart >= end) break;
      if (pieceEnd > start) {
        const from = Math.max(start, pieceStart);
        text.set(piece.subarray(from - pieceStart, end - pieceStart), from - start);
      }
      pieceStart = pieceEnd;
    }
    return text;
  }

  function dropBefore(offsetBytes: number): void {
    let count = 0;
    for (const piece of pieces) {
      if (firstBytes + piece.length > offsetBytes) break;
      firstBytes += piece.length;
      heldBytes -= piece.length + PIECE_BYTES;
      count++;
    }
    if (count > 0) pieces.splice(0, count);
  }
}
