import type { Format } from './format.ts';
import { blankBytes } from './record-reader.ts';

/** A place in a file at which a record begins; lines count from 1. */
export type RecordPlace = { readonly offsetBytes: number; readonly line: number };

/**
 * The result of scanning a byte range whose preceding bytes are unknown: for each state that the record reader can have at the
 * start of the range, where the first record begins in it, and the state at its end.
 */
export type RangeScan = {
  /** One for each state at the start. */
  readonly outcomes: readonly Outcome[];
  /** A CRLF counts once, at its CR. Line ends in quotes count too. */
  readonly lineEnds: number;
  readonly beginsWithLf: boolean;
  readonly endsWithCr: boolean;
};

type Outcome = {
  /** null: no record begins in the range. */
  readonly firstBytes: number | null;
  /** Line ends between the start of the range and the first record. */
  readonly lineEndsBefore: number;
  readonly endState: number;
};

/** Scans one range, which begins at `startBytes` of its file, piece by piece. */
export type BoundaryScan = {
  push(bytes: Uint8Array): void;
  result(): RangeScan;
};

const LF = 10;
const CR = 13;

// The record reader's state, as far as record ends go.
const RECORD_START = 0;
const FIELD_START = 1;
const UNQUOTED = 2;
const QUOTED = 3;
/** After a quote in a quoted field: the next byte decides what the quote was. */
const AFTER_QUOTE = 4;
/** After an escape character, other than a quote, in a quoted field. */
const ESCAPED = 5;
/** After a CR that ended a record: a following LF belongs to it. */
const AFTER_CR = 6;
const STATES = 7;

/**
 * Finds record ends by the rules of `createRecordReader`, starting from every state at once. So ranges of a file can be scanned in
 * parallel, and `joinScans` combines the results. After a few bytes only two or three states are left, and the scan skips from
 * quote to quote.
 */
export function createBoundaryScan(format: Format, startBytes: number): BoundaryScan {
  const quote = format.quote?.charCodeAt(0) ?? -1;
  const escape = format.escape.charCodeAt(0);
  const delimiter = format.delimiter.charCodeAt(0);
  const blanks = blankBytes(format);
  const next = transitions({ quote, escape, delimiter, blanks });
  /** The different states that are left, and for each start state the one that it led to. */
  let live = Uint8Array.from({ length: STATES }, (_, state) => state);
  let liveOf = [...live];
  const firsts: (number | null)[] = Array.from({ length: STATES }, () => null);
  const linesBefore: number[] = Array.from({ length: STATES }, () => 0);
  /** Start states whose first record has not been found yet. */
  let pending = Array.from({ length: STATES }, (_, state) => state);
  let scannedBytes = 0;
  let lineEnds = 0;
  let beginsWithLf = false;
  let endsWithCr = false;

  return {
    push,
    result: () => ({
      outcomes: firsts.map((firstBytes, state) => ({
        firstBytes,
        lineEndsBefore: linesBefore[state]!,
        endState: live[liveOf[state]!]!,
      })),
      lineEnds,
      beginsWithLf,
      endsWithCr,
    }),
  };

  function push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (scannedBytes === 0) beginsWithLf = bytes[0] === LF;
    for (let at = 0; at < bytes.length;) {
      if (pending.some((start) => isOutside(live[liveOf[start]!]!))) {
        find(bytes, at);
        step(bytes[at]!);
        merge();
        at++;
        continue;
      }
      const found = bytes.indexOf(quote, at);
      const end = found === -1 ? bytes.length : found;
      if (end > at) run(bytes, at, end);
      if (found !== -1) step(quote);
      at = end + 1;
    }
    merge();
    lineEnds += countLineEnds(bytes, bytes.length, endsWithCr);
    endsWithCr = bytes.at(-1) === CR;
    scannedBytes += bytes.length;
  }

  /** Records for which start states a record begins with the byte at `at`. */
  function find(bytes: Uint8Array, at: number): void {
    let isFound = false;
    for (const start of pending) {
      const state = live[liveOf[start]!];
      if (state !== RECORD_START && (state !== AFTER_CR || bytes[at] === LF)) continue;
      firsts[start] = startBytes + scannedBytes + at;
      linesBefore[start] = lineEnds + countLineEnds(bytes, at, endsWithCr);
      isFound = true;
    }
    if (isFound) pending = pending.filter((start) => firsts[start] === null);
  }

  function step(byte: number): void {
    for (let track = 0; track < live.length; track++) live[track] = next[live[track]! * 256 + byte]!;
  }

  function merge(): void {
    const distinct = [...new Set(live)];
    if (distinct.length === live.length) return;
    liveOf = liveOf.map((track) => distinct.indexOf(live[track]!));
    live = Uint8Array.from(distinct);
  }

  /** Skips bytes without a quote. Outside quotes the last byte that is not a blank decides the state; inside quotes the escapes at the end do. */
  function run(bytes: Uint8Array, from: number, to: number): void {
    let textEnd = to;
    if (blanks !== null) while (textEnd > from && blanks[bytes[textEnd - 1]!] === 1) textEnd--;
    const behindText = textEnd > from ? next[UNQUOTED * 256 + bytes[textEnd - 1]!]! : null;
    let escapes = 0;
    if (escape !== quote) while (to - escapes > from && bytes[to - escapes - 1] === escape) escapes++;
    for (let track = 0; track < live.length; track++) {
      const state = live[track]!;
      if (isOutside(state)) {
        const outside = behindText ?? state;
        // Several blanks have the same effect as one.
        live[track] = textEnd < to ? next[outside * 256 + bytes[textEnd]!]! : outside;
        continue;
      }
      // The first escape may itself be escaped.
      const isPaired = state === ESCAPED && escapes === to - from;
      live[track] = (escapes - (isPaired ? 1 : 0)) % 2 === 1 ? ESCAPED : QUOTED;
    }
  }
}

/**
 * The first record of each range that has one. The ranges must be adjacent, and the first range must begin with a record, at the
 * given place.
 */
export function joinScans(scans: readonly RangeScan[], first: RecordPlace): readonly RecordPlace[] {
  const places: RecordPlace[] = [];
  let state = RECORD_START;
  let line = first.line;
  let isAfterCr = false;
  for (const scan of scans) {
    const { firstBytes, lineEndsBefore, endState } = scan.outcomes[state]!;
    if (isAfterCr && scan.beginsWithLf) line--;
    if (firstBytes !== null) places.push({ offsetBytes: firstBytes, line: line + lineEndsBefore });
    line += scan.lineEnds;
    state = endState;
    isAfterCr = scan.endsWithCr;
  }
  return places;
}

function isOutside(state: number): boolean {
  return state !== QUOTED && state !== ESCAPED;
}

function transitions({
  quote,
  escape,
  delimiter,
  blanks,
}: {
  quote: number;
  escape: number;
  delimiter: number;
  blanks: Uint8Array | null;
}): Uint8Array {
  const next = new Uint8Array(STATES * 256);
  const set = (state: number, otherwise: number, special: readonly (readonly [number, number])[]): void => {
    next.fill(otherwise, state * 256, (state + 1) * 256);
    for (const [byte, then] of special) next[state * 256 + byte] = then;
  };
  const ends: readonly (readonly [number, number])[] = [
    [delimiter, FIELD_START],
    [LF, RECORD_START],
    [CR, AFTER_CR],
  ];
  const starts: (readonly [number, number])[] = [...ends, [quote, QUOTED]];
  blanks?.forEach((isBlank, byte) => {
    if (isBlank === 1) starts.push([byte, FIELD_START]);
  });
  set(RECORD_START, UNQUOTED, starts);
  set(FIELD_START, UNQUOTED, starts);
  set(AFTER_CR, UNQUOTED, starts);
  set(UNQUOTED, UNQUOTED, ends);
  set(AFTER_QUOTE, UNQUOTED, escape === quote ? [...ends, [quote, QUOTED]] : ends);
  set(QUOTED, QUOTED, [
    [escape, ESCAPED],
    [quote, AFTER_QUOTE],
  ]);
  set(ESCAPED, QUOTED, []);
  return next;
}

/** Counts in the first `end` bytes; CRLF counts once. */
function countLineEnds(bytes: Uint8Array, end: number, isAfterCr: boolean): number {
  const isFirstPaired = isAfterCr && end > 0 && bytes[0] === LF;
  let count = isFirstPaired ? -1 : 0;
  const cr = bytes.indexOf(CR);
  if (cr === -1 || cr >= end) {
    for (let at = bytes.indexOf(LF); at !== -1 && at < end; at = bytes.indexOf(LF, at + 1)) count++;
    return count;
  }
  for (let at = 0; at < end; at++) {
    if (bytes[at] === CR || (bytes[at] === LF && (at === 0 || bytes[at - 1] !== CR))) count++;
  }
  return count;
}
