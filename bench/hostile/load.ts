import { parseDatasets } from '../../src/core/dataset/dataset.ts';
import { fileObject, fileSource } from '../../src/node/file-source.ts';
import { fileResults } from '../../src/node/file-results.ts';
import { importId } from '../../src/core/imports/import.ts';
import type { Operation, TableWriter, WriteOutcome } from '../../src/core/ports.ts';
import { accept } from '../../src/engine/accept.ts';
import { loadMessage } from '../../src/engine/loading/load-message.ts';
import { textSource } from '../../src/node/text-source.ts';
import { wallClock } from '../../src/node/wall-clock.ts';
import { keepHeapSmall } from '../../src/lambda/heap.ts';
import { memoryQueue } from '../../sim/memory-queue.ts';
import { tableAsDeclared } from '../../sim/table-as-declared.ts';
import { memoryLedger } from '../../src/engine/memory-ledger.ts';
import { measureUsage } from '../usage.ts';

/** What a load of a hostile file is to do; one argument, as JSON. */
export type HostileLoad = {
  readonly file: string;
  /** The parts of the document that differ. */
  readonly document: object;
  readonly resultsFolder: string;
  /** What the table takes, in bytes of item texts; everything at once where it is not given. */
  readonly bytesPerSecond?: number;
  /** Items are held back for so long from the first request on. */
  readonly heldMs?: number;
};

export type HostileOutcome = {
  readonly status: string;
  readonly code: string | null;
  readonly counts: Record<string, number>;
  readonly checkpoints: number;
  readonly peakRssBytes: number;
  readonly elapsedSeconds: number;
};

/** An answer takes as long as DynamoDB's. */
const LATENCY_MS = 6;

/** `node bench/hostile/load.ts JSON`: loads a file as the function does; table, ledger and queue are those of this process. */
const options = JSON.parse(process.argv[2] ?? '') as HostileLoad;
// What the function has in memory before it loads anything.
await import('../../src/lambda/handler.ts');
keepHeapSmall();
const clock = wallClock();
const datasets = parseDatasets({
  hostile: {
    source: { prefix: '/', suffix: '' },
    load: { max_reject_ratio: 1 },
    table: { partition_key: 'id' },
    ...options.document,
  },
});
const object = await fileObject(options.file);
const id = importId(object);
const ledger = memoryLedger();
let checkpoints = 0;
const queue = memoryQueue();
const ports = {
  source: textSource(fileSource()),
  table: () => table(),
  describeTable: tableAsDeclared,
  results: await fileResults(options.resultsFolder),
  ledger: {
    ...ledger,
    checkpoint(...given: Parameters<typeof ledger.checkpoint>) {
      checkpoints++;
      return ledger.checkpoint(...given);
    },
  },
  queue,
  clock,
};

const { peakRssBytes, elapsedSeconds } = await measureUsage(async () => {
  await accept(ports, datasets, object, () => undefined);
  for (let message = queue.messages.shift(); message !== undefined; message = queue.messages.shift()) {
    const { delayMs, ...work } = message;
    await clock.sleep(delayMs);
    await loadMessage(ports, datasets, work, {
      owner: 'hostile',
      deadlineMs: Infinity,
      emit: () => undefined,
    });
  }
});
const record = await ledger.readImport(id);
if (record === null) throw new Error('The import is not registered.');
const [chunk] = await ledger.readChunks(id);
const outcome: HostileOutcome = {
  status: record.status,
  code: record.failure?.code ?? null,
  counts: chunk!.checkpoint.counts,
  checkpoints,
  peakRssBytes,
  elapsedSeconds,
};
process.stdout.write(`${JSON.stringify(outcome)}\n`);

/** Copies what it is given, as a request's body does, and gives back a part of it where it is slow. */
function table(): TableWriter {
  let heldUntilMs = Infinity;
  let creditBytes = 0;
  let creditMs = clock.now();

  return { write, close: async () => undefined };

  async function write(items: readonly Operation[]): Promise<WriteOutcome> {
    if (heldUntilMs === Infinity) heldUntilMs = clock.now() + (options.heldMs ?? 0);
    const bodies = items.map(({ bytes, start, end }) => Buffer.from(bytes.subarray(start, end)));
    await clock.sleep(LATENCY_MS);
    const isHeld = clock.now() < heldUntilMs;
    const held = bodies.flatMap((body, index) => (isHeld || !takes(body.length) ? [index] : []));
    const units = items.length - held.length;
    return { held, reason: held.length > 0 ? 'table-capacity' : null, units };
  }

  function takes(bytes: number): boolean {
    if (options.bytesPerSecond === undefined) return true;
    const now = clock.now();
    creditBytes = Math.min(
      options.bytesPerSecond,
      creditBytes + ((now - creditMs) / 1000) * options.bytesPerSecond,
    );
    creditMs = now;
    if (creditBytes < bytes) return false;
    creditBytes -= bytes;
    return true;
  }
}
