import { createFateReader, createFateWriter, type Fate, SEAL_BYTES } from '../../src/core/settle/ahead.ts';
import type { Checkpoint, ImportRecord, ClaimAnswer, KeyRecord } from '../../src/core/imports/import.ts';
import type { Clock, Operation, Ledger, Queue, Results, TableWriter } from '../../src/core/ports.ts';
import type { LoadPorts } from '../../src/engine/loading/load-message.ts';
import { copyOf } from '../operation.ts';
import type { Mutant } from './function-process.ts';

/** Reads the import and the record of its key before the claim. */
export function readBeforeClaim(ledger: Ledger): Partial<Ledger> {
  let record: ImportRecord | null = null;
  let key: KeyRecord | null = null;
  return {
    claim: async (lease, terms) => {
      record = await ledger.readImport(lease.importId);
      key = record === null ? null : await ledger.readKey(record.object);
      return ledger.claim(lease, terms);
    },
    readImport: async (importId) => {
      const early = record;
      record = null;
      return early ?? ledger.readImport(importId);
    },
    readKey: async (object) => key ?? ledger.readKey(object),
  };
}

/** Writes each reject file after the checkpoint that follows it. */
export function rejectsBehindCheckpoint(ports: LoadPorts): LoadPorts {
  let waiting: Parameters<Results['put']>[] = [];
  return {
    ...ports,
    results: {
      put: async (...args) => {
        if (!args[0].startsWith('rejects/')) return ports.results.put(...args);
        waiting.push(args);
        return args[0];
      },
    },
    ledger: {
      ...ports.ledger,
      checkpoint: async (...args) => {
        await ports.ledger.checkpoint(...args);
        const files = waiting;
        waiting = [];
        for (const file of files) await ports.results.put(...file);
      },
    },
  };
}

/** Another ledger, in some of its methods. */
export function withLedger(change: (ledger: Ledger) => Partial<Ledger>): Mutant['ports'] {
  return (ports) => ({ ...ports, ledger: { ...ports.ledger, ...change(ports.ledger) } });
}

/** Another clock. */
export function withClock(change: (clock: Clock) => Partial<Clock>): Mutant['ports'] {
  return (ports) => ({ ...ports, clock: { ...ports.clock, ...change(ports.clock) } });
}

/** Other checkpoints, in all methods that write one. */
export function withCheckpoints(change: (checkpoint: Checkpoint) => Checkpoint): Mutant['ports'] {
  return withLedger((ledger) => ({
    checkpoint: (lease, checkpoint, untilMs) => ledger.checkpoint(lease, change(checkpoint), untilMs),
    release: (lease, checkpoint, epoch) => ledger.release(lease, change(checkpoint), epoch),
    finishChunk: (lease, checkpoint) => ledger.finishChunk(lease, change(checkpoint)),
  }));
}

/** Another record of the items beyond each checkpoint. */
export function withAhead(change: (fates: readonly Fate[]) => readonly Fate[]): Mutant['ports'] {
  return withCheckpoints((checkpoint) => ({ ...checkpoint, ahead: changedAhead(checkpoint.ahead, change) }));
}

function changedAhead(
  ahead: Uint8Array | undefined,
  change: (fates: readonly Fate[]) => readonly Fate[],
): Uint8Array | undefined {
  if (ahead === undefined) return undefined;
  const seal = ahead.subarray(0, SEAL_BYTES);
  const reader = createFateReader(ahead, seal);
  const fates: Fate[] = [];
  while (!reader.isAtEnd) fates.push(reader.next());
  const writer = createFateWriter(seal, Infinity);
  for (const fate of change(fates)) writer.add(fate);
  return writer.end();
}

/** Writes the first record of items beyond a checkpoint with each later checkpoint. */
export function staleAhead(ports: LoadPorts): LoadPorts {
  let said: Uint8Array | undefined;
  const stale = withCheckpoints((checkpoint) => {
    said ??= checkpoint.ahead;
    return { ...checkpoint, ahead: said };
  });
  return stale?.(ports) ?? ports;
}

/** Another queue. */
export function withQueue(change: (queue: Queue) => Partial<Queue>): Mutant['ports'] {
  return (ports) => ({ ...ports, queue: { ...ports.queue, ...change(ports.queue) } });
}

/** Other tables. */
export function withTable(change: (table: TableWriter) => Partial<TableWriter>): Mutant['ports'] {
  return (ports) => ({
    ...ports,
    table: (dataset) => {
      const table = ports.table(dataset);
      return { ...table, ...change(table) };
    },
  });
}

/** Gives some requests up before they are sent, and sends them nevertheless. */
export function hasty(table: TableWriter, clock: Clock): TableWriter['write'] {
  return async (items) => {
    if (clock.random() > 0.1) return table.write(items);
    void clock
      .sleep(500)
      .then(() => table.write(copies))
      .catch(() => undefined);
    const copies = items.map(copyOf);
    return { held: items.map((_, index) => index), reason: 'key-range', units: 0 };
  };
}

/** Sends a second later, when the invocation has returned. */
export async function sendLater(
  { clock, queue }: LoadPorts,
  message: Parameters<Queue['send']>,
): Promise<void> {
  await clock.sleep(1000);
  await queue.send(...message).catch(() => undefined);
}

/** An item with other text. */
export function edited(item: Operation, from: string, to: string): Operation {
  const text = new TextDecoder().decode(item.bytes.subarray(item.start, item.end));
  const bytes = new TextEncoder().encode(text.replaceAll(from, to));
  return { ...item, bytes, start: 0, keyEnd: item.keyEnd - item.start, end: bytes.length };
}

/** Uses the lease that an earlier invocation of the process has claimed. */
export function keepLeases(ledger: Ledger): Partial<Ledger> {
  const granted = new Map<string, { readonly answer: ClaimAnswer; readonly untilMs: number }>();
  return {
    claim: async (lease, terms) => {
      const name = `${lease.importId} ${lease.chunk}`;
      const known = granted.get(name);
      if (known !== undefined && known.untilMs > terms.nowMs) return known.answer;
      const answer = await ledger.claim(lease, terms);
      if (answer.kind === 'claimed') granted.set(name, { answer, untilMs: terms.untilMs });
      return answer;
    },
  };
}

/** Ignores a lost lease. */
export function unlessLost(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'lease-lost')) throw error;
}
