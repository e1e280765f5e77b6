import { writeUnits } from '../../src/core/rows/item.ts';
import type { Version } from './bucket.ts';
import type { History } from './history.ts';
import type { Plan } from './plan.ts';
import { timeText } from './time-text.ts';
import type { Violate } from './violation.ts';

const MINUTE_MS = 60_000;
/** An import does not park for what the table accepts in 30 s. */
const IMPORT_MS = 35_000;
/** Objects are read in pieces of a few hundred bytes here, and the header is searched in the first 64 KB. */
const CHUNK_MS = 3000;
const WAITING_SHARE = 0.02;
/** Rows that were written and not settled are written again: at most this many times the needed time in all. */
const DETOUR = 3;

/** Without faults, waiting for the table costs almost nothing, and no message becomes a dead letter. */
export function judgeCost(
  plan: Plan,
  { all }: History,
  spent: { readonly virtualMs: number; readonly billedMs: number; readonly deadLetters: number },
  violate: Violate,
): void {
  const { virtualMs, billedMs, deadLetters } = spent;
  if (deadLetters > 0) violate('message-kept', `${deadLetters} dead letters without a fault`);
  const chunks = all.reduce((sum, entry) => sum + entry.chunks.length, 0);
  if (billedMs > all.length * IMPORT_MS + chunks * CHUNK_MS + virtualMs * WAITING_SHARE) {
    const billed = `${Math.round(billedMs / 1000)} s billed in ${timeText(virtualMs)}`;
    violate('billing-bound', `${billed}, for ${all.length} imports`);
  }
  const neededMs = neededMsOf(
    plan,
    all.map(({ version }) => version),
  );
  const lastMs = Math.max(...plan.uploads.map(({ atMs }) => atMs));
  if (virtualMs > lastMs + neededMs * DETOUR + 10 * MINUTE_MS) {
    violate('import-ends', `it took ${timeText(virtualMs)}, and the table needs ${timeText(neededMs)}`);
  }
}

/** The longest time in which the world must come to rest: a day, plus several times the table's time for all files. */
export function restMs({ mode, uploads }: Plan): number {
  const rows = uploads.reduce((sum, { terms }) => sum + terms.rows, 0);
  const unitsPerSecond = mode?.kind === 'provisioned' ? mode.units : 1000;
  return 24 * 60 * MINUTE_MS + (10_000 * rows) / unitsPerSecond;
}

/** The table's time if each row is written once. */
function neededMsOf({ mode }: Plan, versions: readonly Version[]): number {
  const items = versions.flatMap(({ file }) => file.rows.map(({ item }) => item));
  const units = items.reduce((sum, item) => sum + writeUnits(JSON.stringify(item).length), 0);
  return (1000 * units) / (mode?.kind === 'provisioned' ? mode.units : 1000);
}
