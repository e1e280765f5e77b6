import { hasEnded, hasRivals, type ImportRecord, type ObjectRef } from '../core/imports/import.ts';
import type { Clock, Ledger, Queue, Results } from '../core/ports.ts';
import type { Emit } from './events.ts';
import { endImport, reportEnd } from './end/end-import.ts';
import type { LeaseClock } from './lease/lease-clock.ts';

type Ports = {
  readonly ledger: Ledger;
  readonly results: Results;
  readonly queue: Queue;
  readonly clock: Clock;
};

export type Standing =
  /** The newest version of its key, and no earlier one is still being written. */
  | { readonly kind: 'free' }
  /** Somebody has the lease of an earlier one until then at most. */
  | { readonly kind: 'waits'; readonly untilMs: number }
  /** There is a newer version; the import has ended. */
  | { readonly kind: 'superseded' };

/**
 * Of two versions of one key the newer one's rows are what the table holds in the end, in whatever order their events come. So
 * an import takes its key before its messages are queued, and ends those of earlier versions. Returns whether it is the newest;
 * if not, it has ended.
 */
export async function takeVersion(ports: Ports, record: ImportRecord, emit: Emit): Promise<boolean> {
  const { object } = record;
  if (!hasRivals(record)) return true;
  const key = { bucket: object.bucket, key: object.key, sequencer: object.sequencer! };
  const { importId, previous } = await ports.ledger.takeKey(key, record.id, ports.clock.now());
  if (importId !== record.id) {
    await supersede(ports, record, importId, emit);
    return false;
  }
  await supersedeAll(ports, previous, record.id, emit);
  return true;
}

/**
 * Whether a claimed chunk may be loaded. A loader of an earlier version stops at its next checkpoint, and gives its lease back;
 * one that claims later sees that its import has ended. So when no lease is left, nothing of them can still be written.
 */
export async function standingOf(
  ports: Ports,
  record: ImportRecord,
  clock: LeaseClock,
  emit: Emit,
): Promise<Standing> {
  const { ledger } = ports;
  const key = hasRivals(record) ? await ledger.readKey(record.object) : null;
  if (key === null) return { kind: 'free' };
  if (key.importId !== record.id) {
    await supersede(ports, record, key.importId, emit);
    return { kind: 'superseded' };
  }
  if (key.previous.length === 0) return { kind: 'free' };
  await supersedeAll(ports, key.previous, record.id, emit);
  const untilMs = await leasedUntilMs(ledger, key.previous, clock);
  if (untilMs !== null) return { kind: 'waits', untilMs };
  await ledger.clearKey(record.object, record.id);
  return { kind: 'free' };
}

/** When the last lease of these imports expires; null: none is leased. */
export async function leasedUntilMs(
  ledger: Ledger,
  importIds: readonly string[],
  clock: LeaseClock,
): Promise<number | null> {
  const nowMs = clock.earliestMs();
  let untilMs = nowMs;
  for (const id of importIds) {
    for (const { lease } of await ledger.readChunks(id)) untilMs = Math.max(untilMs, lease?.untilMs ?? 0);
  }
  return untilMs > nowMs ? untilMs : null;
}

async function supersedeAll(
  ports: Ports,
  importIds: readonly string[],
  by: string,
  emit: Emit,
): Promise<void> {
  for (const id of importIds) {
    const record = await ports.ledger.readImport(id);
    if (record !== null) await supersede(ports, record, by, emit);
  }
}

async function supersede(ports: Ports, record: ImportRecord, by: string, emit: Emit): Promise<void> {
  if (hasEnded(record.status)) return reportEnd(ports, record, emit);
  const failure = { code: 'superseded', reason: supersededBy(record.object, by) } as const;
  await endImport(ports, record, { status: 'superseded', failure }, emit);
}

function supersededBy({ bucket, key }: ObjectRef, importId: string): string {
  return `A newer version of s3://${bucket}/${key} was uploaded; import ${importId} loads it. No action is needed.`;
}
