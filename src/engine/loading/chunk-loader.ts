import { sealOf } from '../../core/settle/ahead.ts';
import { isStreamed } from '../../core/csv/text/text-coding.ts';
import type { Checkpoint, ChunkRecord, ImportRecord } from '../../core/imports/import.ts';
import { createIntake } from '../../core/intake.ts';
import { createPacer } from '../../core/pace/pacer.ts';
import { createLanes, MAX_WAITING_ITEMS } from '../../core/lanes/lanes.ts';
import { compileMapping } from '../../core/rows/compile-mapping.ts';
import type { Clock, Source, TableWriter } from '../../core/ports.ts';
import { createWatermark, MAX_REJECT_BYTES } from '../../core/settle/watermark.ts';
import type { Warning } from '../../core/imports/warning.ts';
import type { RowObserver } from '../../core/rows/row-observer.ts';
import { chunkDeadlines } from './chunk-deadlines.ts';
import type { FileHeader } from '../file/file-header.ts';
import { rowsText } from '../file/rows-text.ts';
import type { Keeper } from './keeper.ts';
import type { OpenChunk } from './open-chunk.ts';
import { prefetch } from './prefetch.ts';
import { type Progress, progressOf } from './progress.ts';
import { createPump } from './pump.ts';
import { createSignal } from './signal.ts';

/** Why the load of a chunk has ended. */
export type ChunkEnd =
  /** Every row of it is settled. */
  | { readonly kind: 'finished' }
  | { readonly kind: 'deadline' }
  /** The table is the bottleneck: it is cheaper to stay away for this time. */
  | { readonly kind: 'parked'; readonly parkMs: number }
  /** The import has ended meanwhile: another chunk failed, or a newer version of the object was uploaded. */
  | { readonly kind: 'ended' };

const LANES = 512;
const PROGRESS_MS = 200;
const MAX_REQUESTS = 128;
/**
 * This many waiting items keep every connection busy if keys are spread evenly. More are read only if the free lanes have too few:
 * memory that is still in the processor's cache is worth a tenth of the speed.
 */
const ENOUGH_ITEMS = 16_384;
/** A checkpoint is kept at least after this many bytes of the file, or this time. */
const KEEP_BYTES = 16 * 1024 * 1024;
const KEEP_MS = 5000;
/**
 * How much a checkpoint says about the items beyond it: at a planned hand-over nearly everything; otherwise as much as fits into a
 * chunk's record of about two write units, so that a crash writes less again.
 */
const HAND_ON_AHEAD_BYTES = 64 * 1024;
const KEEP_AHEAD_BYTES = 1024;
/** … or as soon as a checkpoint frees this much memory of rejects. Rejects after an item that waits long make no checkpoint due. */
const KEEP_REJECT_BYTES = MAX_REJECT_BYTES / 2;
/**
 * Loads a chunk from its checkpoint until every row is settled, or until there is a reason to stop (`ChunkEnd`). Returns how far it
 * came. Throws what the source, the table, the mapping or the keeper throws; what was settled before is kept if possible. In
 * either case, no request that it sent can be carried out afterwards. Without a deadline (Infinity) it never parks, because waiting
 * costs nothing then.
 */
export async function loadChunk(options: {
  source: Source;
  table: TableWriter;
  clock: Clock;
  open: OpenChunk;
  record: ImportRecord;
  chunk: ChunkRecord;
  /** An earlier loader may have sent any of its rows. */
  isRepeated: boolean;
  keeper: Keeper;
  /** On the monotonic clock. */
  deadlineMs: number;
  /** Aborted: the deadline is now. */
  stop: AbortSignal | undefined;
  onProgress: (progress: Progress) => void;
  observer?: RowObserver | undefined;
}): Promise<{ checkpoint: Checkpoint; end: ChunkEnd; warnings: readonly Warning[] }> {
  const { source, table, clock, open, record, chunk, keeper } = options;
  const { dataset, header, context, repairs } = open;
  const from = startOf(chunk, header);
  const mapping = compileMapping(dataset, header.names, context);
  const signal = createSignal(clock);
  const lanes = createLanes({ laneCount: LANES, plans: mapping.plans, isRepeated: options.isRepeated });
  const watermark = createWatermark(from, dataset.format, sealOf(dataset), repairs.length);
  const pacer = createPacer({
    items: lanes,
    laneCount: LANES,
    maxInFlight: MAX_REQUESTS,
    startMs: clock.monotonic(),
    random: () => clock.random(),
  });
  const pump = createPump({
    table,
    lanes,
    pacer,
    clock,
    signal,
    maySend: () => keeper.maySend(),
    reject: (slot, reason) => rejectSlot(slot, reason),
  });
  const intake = createIntake({
    dataset,
    mapping,
    lanes,
    watermark,
    startLine: from.line,
    startBytes: from.offsetBytes,
    columnCount: header.names.length,
    repairs,
    isFileEnd: chunk.endBytes >= record.object.sizeBytes,
    observer: options.observer,
  });
  /** The plan may have been made before it was known how the object is coded. */
  const lastBytes = isStreamed(header.coding) ? Infinity : Math.min(chunk.endBytes, record.object.sizeBytes);
  const range = { startBytes: from.offsetBytes, endBytes: lastBytes };
  const text = rowsText(source, record.object, header, range);
  const pieces = prefetch(text, signal);
  const deadlines = chunkDeadlines(clock.monotonic(), options.deadlineMs);
  options.stop?.addEventListener('abort', stopSoon);
  if (options.stop?.aborted === true) stopSoon();

  let readBytes = from.offsetBytes;
  let keptReadBytes = readBytes;
  let kept = from;
  let keptMs = clock.monotonic();
  let toldMs = -Infinity;
  /** The intake may have records that are not read. */
  let hasMore = false;
  /** No piece follows. */
  let isAtEnd = false;
  let isReading = true;
  /** The source failed: what was read before is still loaded. */
  let sourceFailure = null as { error: unknown } | null;
  /** Why reading has stopped before the chunk's end. */
  let stop: Exclude<ChunkEnd, { kind: 'finished' }> | null = null;

  try {
    for (;;) {
      const now = clock.monotonic();
      if (isReading && now >= deadlines.readUntilMs) stopFor({ kind: 'deadline' });
      const parkMs = parkMsAt(now);
      if (parkMs > 0) stopFor({ kind: 'parked', parkMs });
      const isFull = !hasRoom();
      const hasRead = isReading && !isFull && readOn();
      // A batch waits until it is full, as long as others are in flight and more rows follow.
      const maySend = maySendAt(now);
      if (maySend) pump.kick(!isReading || isFull || pump.requests === 0);
      if (!isReading && pump.requests === 0 && (lanes.waiting.items === 0 || !maySend)) break;
      if (isKeepDue(now)) await keep(KEEP_AHEAD_BYTES);
      tellProgress(now);
      if (!hasRead) await signal.wait(waitMs(now));
    }
    await quiet();
    await keep(HAND_ON_AHEAD_BYTES);
    if (sourceFailure !== null) throw sourceFailure.error;
    await keeper.close();
    tellProgress(Infinity);
    const end: ChunkEnd = stop ?? { kind: watermark.isEmpty ? 'finished' : 'deadline' };
    return { checkpoint: kept, end, warnings: intake.warnings() };
  } catch (error) {
    await quiet();
    await keepWhatIsSettled();
    throw error;
  } finally {
    options.stop?.removeEventListener('abort', stopSoon);
    pieces.close();
    signal.close();
  }

  function hasRoom(): boolean {
    const { waiting, inFlight } = lanes;
    if (waiting.units + inFlight.units >= pacer.windowUnits || !watermark.hasRoom) return false;
    return waiting.items < ENOUGH_ITEMS || (pump.isHungry && waiting.items < MAX_WAITING_ITEMS);
  }

  /** Reads from the bytes that have arrived. False: there are none. */
  function readOn(): boolean {
    if (hasMore) return readRows();
    const piece = nextPiece();
    if (piece === 'pending') return false;
    if (piece === 'end') {
      isAtEnd = true;
      intake.end();
      return readRows();
    }
    readBytes += piece.length;
    intake.push(piece);
    hasMore = true;
    return true;
  }

  function nextPiece(): ReturnType<typeof pieces.take> {
    try {
      return pieces.take();
    } catch (error) {
      sourceFailure = { error };
      stopReading();
      return 'pending';
    }
  }

  function readRows(): true {
    hasMore = intake.read(pacer.windowUnits);
    if (!hasMore && isAtEnd) stopReading();
    return true;
  }

  function stopSoon(): void {
    deadlines.stopSoon(clock.monotonic());
    signal.notify();
  }

  function stopFor(reason: NonNullable<typeof stop>): void {
    stopReading();
    stop = reason;
  }

  /** Near the deadline, rows that are read may still be written; any other reason to stop ends sending at once. */
  function maySendAt(now: number): boolean {
    return now < deadlines.sendUntilMs && (stop === null || stop.kind === 'deadline');
  }

  function parkMsAt(now: number): number {
    if (stop !== null || deadlines.readUntilMs === Infinity) return 0;
    const { waiting, inFlight } = lanes;
    return pacer.parkMs(waiting.units + inFlight.units + unreadUnits(), now);
  }

  /** An estimate of the write units that the unread rest of the chunk needs, from the part that was read. */
  function unreadUnits(): number {
    const { waiting, inFlight } = lanes;
    const readUnits = intake.settledUnits + pump.units + waiting.units + inFlight.units;
    return (readUnits / Math.max(1, readBytes - from.offsetBytes)) * (endBytes() - readBytes);
  }

  /** The end of the chunk. For a text of unknown length an estimate: the rest of the object inflates like the part that is read. */
  function endBytes(): number {
    return lastBytes === Infinity ? readBytes / (text.share || 1) : lastBytes;
  }

  function stopReading(): void {
    intake.pause();
    isReading = false;
  }

  function isKeepDue(now: number): boolean {
    return (
      now - keptMs >= KEEP_MS ||
      !keeper.maySend() ||
      readBytes - keptReadBytes >= KEEP_BYTES ||
      watermark.settledRejectBytes >= KEEP_REJECT_BYTES
    );
  }

  async function keep(aheadBytes: number): Promise<void> {
    const units = chunk.checkpoint.units + pump.units;
    const { checkpoint, hasEnded } = await keeper.keep(watermark, units, aheadBytes);
    kept = checkpoint;
    if (hasEnded) stopFor({ kind: 'ended' });
    keptMs = clock.monotonic();
    keptReadBytes = readBytes;
  }

  function tellProgress(now: number): void {
    if (now - toldMs < PROGRESS_MS) return;
    toldMs = now;
    const share = text.share ?? readBytes / record.object.sizeBytes;
    options.onProgress(
      progressOf({ counts: from.counts, readBytes, share, intake, lanes, rate: pacer.rate }),
    );
  }

  /** Waits until no request can be carried out any more. */
  async function quiet(): Promise<void> {
    await pump.drain();
    if (pump.quietFromMs > clock.monotonic()) await clock.sleep(pump.quietFromMs - clock.monotonic());
  }

  /** After a failure, keeps what is settled. If that fails too, the first failure is the one to report. */
  async function keepWhatIsSettled(): Promise<void> {
    await keep(KEEP_AHEAD_BYTES).catch(() => undefined);
  }

  function waitMs(now: number): number {
    const nextSendMs = maySendAt(now) ? Math.min(pump.nextMs(), deadlines.sendUntilMs) : Infinity;
    const next = Math.min(keptMs + KEEP_MS, nextSendMs, isReading ? deadlines.readUntilMs : Infinity);
    return Math.max(1, next - now);
  }

  function rejectSlot(slot: number, reason: string): void {
    const { block, startBytes, endBytes, line } = lanes.record(slot);
    const fault = { column: '', code: 'refused-by-table', reason } as const;
    const record = watermark.text.slice(startBytes, endBytes);
    watermark.rejectItem(block, { line, faults: [fault], record });
  }
}

/** A chunk that was not begun starts after the header. */
function startOf(chunk: ChunkRecord, header: FileHeader): Checkpoint {
  const { checkpoint } = chunk;
  if (checkpoint.offsetBytes >= header.endBytes) return checkpoint;
  return { ...checkpoint, offsetBytes: header.endBytes, line: header.endLine };
}
