import type { Format } from '../format.ts';
import { byteClasses } from '../byte-classes.ts';
import { AFTER_CR, ESCAPED, QUOTED, RECORD_START, scanStates, UNQUOTED } from './scan-states.ts';

/** A place in a file at which a record begins; lines count from 1. */
export type RecordPlace = { readonly offsetBytes: number; readonly line: number };

/**
 * The result of scanning a byte range whose preceding bytes are unknown: for each state that the record reader can have at the
 * start of the range, where the first record begins in it, and the state at its end.
 */
export type RangeScan = {
  /** One for each state at the start. */
  readonly outcomes: readonly Outcome[];
  /** As the record reader counts them. A CRLF counts once, at its CR. Line ends in quotes count too. */
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
/** After a few bytes two or three states are left: then equal ones are looked for only now and then. */
const FEW_STATES = 4;
const MERGE_BYTES = 64;

/**
 * Finds record ends by the rules of `createRecordReader`, starting from every state at once. So ranges of a file can be scanned in
 * parallel, and `joinScans` combines the results. After a few bytes only two or three states are left, and the scan skips from
 * quote to quote.
 */
export function createBoundaryScan(format: Format, startBytes: number): BoundaryScan {
  const { quote, escape, blanks } = byteClasses(format);
  const { count, next } = scanStates(format);
  const lines = lineCounter(format.line_end);
  /** Outside quotes a byte without a quote changes little: then whole runs of them can be skipped. */
  const skipsRuns =
    quote !== -1 && format.line_end === 'any' && !format.backslash_escapes && format.comment.length === 0;
  /** The different states that are left, and for each start state the one that it led to. */
  let live = Uint16Array.from({ length: count }, (_, state) => state);
  let liveOf = [...live];
  const firsts: (number | null)[] = Array.from({ length: count }, () => null);
  const linesBefore: number[] = Array.from({ length: count }, () => 0);
  /** Start states whose first record has not been found yet. */
  let pending = Array.from({ length: count }, (_, state) => state);
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
    if (scannedBytes === 0) beginsWithLf = lines.joinsCrLf && bytes[0] === LF;
    if (skipsRuns) pushRuns(bytes);
    else pushBytes(bytes);
    merge();
    lineEnds += lines.count(bytes, bytes.length, endsWithCr);
    endsWithCr = lines.joinsCrLf && bytes.at(-1) === CR;
    scannedBytes += bytes.length;
  }

  function pushBytes(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) {
      if (pending.length > 0 && mayBegin()) find(bytes, at);
      step(bytes[at]!);
      if (live.length > FEW_STATES || at % MERGE_BYTES === 0) merge();
    }
  }

  function mayBegin(): boolean {
    for (let track = 0; track < live.length; track++) {
      if (live[track] === RECORD_START || live[track] === AFTER_CR) return true;
    }
    return false;
  }

  function pushRuns(bytes: Uint8Array): void {
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
  }

  /** Records for which start states a record begins with the byte at `at`. */
  function find(bytes: Uint8Array, at: number): void {
    let isFound = false;
    for (const start of pending) {
      const state = live[liveOf[start]!];
      if (state !== RECORD_START && (state !== AFTER_CR || bytes[at] === LF)) continue;
      firsts[start] = startBytes + scannedBytes + at;
      linesBefore[start] = lineEnds + lines.count(bytes, at, endsWithCr);
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
    live = Uint16Array.from(distinct);
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

/** How the record reader counts lines. */
function lineCounter(lineEnd: Format['line_end']): {
  /** Ranges must be joined so that a CRLF between them counts once. */
  readonly joinsCrLf: boolean;
  readonly count: (bytes: Uint8Array, end: number, isAfterCr: boolean) => number;
} {
  if (lineEnd === 'any') return { joinsCrLf: true, count: countLineEnds };
  const byte = lineEnd === 'cr' ? CR : LF;
  return { joinsCrLf: false, count: (bytes, end) => countByte(bytes, end, byte) };
}

function countByte(bytes: Uint8Array, end: number, byte: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at !== -1 && at < end; at = bytes.indexOf(byte, at + 1)) count++;
  return count;
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
