/** What may stand around a value: blanks, and the texts of `strip`, such as a currency's mark. */
export type Edges = {
  /** Position after what stands before the value. */
  first(bytes: Uint8Array, start: number, end: number): number;
  /** Position after the value. */
  last(bytes: Uint8Array, start: number, end: number): number;
};

const encoder = new TextEncoder();

/** Spaces and tabs: what `trim` leaves out. */
const TRIMMED = [' ', '\t'];
/** `strip` leaves out further spaces, which stand before a currency's mark in many languages: U+00A0 and U+202F. */
const AROUND_STRIPPED = [...TRIMMED, '\u00a0', '\u202f'];

export const blanks = createEdges(TRIMMED);

export function stripEdges(texts: readonly string[]): Edges {
  return createEdges([...AROUND_STRIPPED, ...texts.toSorted((a, b) => b.length - a.length)]);
}

function createEdges(texts: readonly string[]): Edges {
  const edges = texts.map((text) => encoder.encode(text));
  return { first, last };

  function first(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    next: while (at < end) {
      for (const edge of edges) {
        if (at + edge.length > end || !matches(bytes, at, edge)) continue;
        at += edge.length;
        continue next;
      }
      break;
    }
    return at;
  }

  function last(bytes: Uint8Array, start: number, end: number): number {
    let at = end;
    next: while (at > start) {
      for (const edge of edges) {
        if (at - edge.length < start || !matches(bytes, at - edge.length, edge)) continue;
        at -= edge.length;
        continue next;
      }
      break;
    }
    return at;
  }
}

function matches(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let k = 0; k < text.length; k++) if (bytes[at + k] !== text[k]) return false;
  return true;
}
