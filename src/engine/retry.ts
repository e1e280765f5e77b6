import { SluiceError } from '../core/errors.ts';
import { hasEnded, type ImportRecord, type ImportStatus, isLocalFile } from '../core/imports/import.ts';
import { importUnknown } from '../core/imports/ledger-error.ts';
import { isBehindNewer, placeBehind, type Turn } from '../core/imports/order.ts';
import type { Ledger, Queue } from '../core/ports.ts';
import { holderOf } from './order/turn.ts';
import { queueAgain } from './queue-work.ts';

export type RetryOutcome =
  /** This number of messages is queued; the import resumes from its checkpoints. */
  | { readonly kind: 'queued'; readonly messages: number }
  /** The import that has its dataset's turn comes first; it resumes when its own turn comes. */
  | { readonly kind: 'waits'; readonly behind: string }
  /** There is nothing to resume. */
  | { readonly kind: 'ended'; readonly status: ImportStatus };

type Ports = { readonly ledger: Ledger; readonly queue: Queue };

/**
 * Resumes an import that is stalled, or whose messages are lost: a message of the next epoch for each chunk that is to be worked
 * on now. Does no harm to an import that is being loaded. Throws `import-unknown`; `configuration-invalid` for a local file;
 * `behind-newer` for an import behind which newer ones have begun, unless `behindNewer` gives it a new place, the last one.
 */
export async function retry(
  ports: Ports,
  importId: string,
  { behindNewer = false }: { readonly behindNewer?: boolean } = {},
): Promise<RetryOutcome> {
  const record = await ports.ledger.readImport(importId);
  if (record === null) throw importUnknown(importId);
  if (hasEnded(record.status)) return { kind: 'ended', status: record.status };
  if (isLocalFile(record.object)) throw localFile(record);
  const placed = record.place === null ? record : await placeAgain(ports.ledger, record, behindNewer);
  await ports.ledger.noteWatch(importId, null);
  await ports.ledger.mark(importId, 'queued', null);
  const messages = await queueAgain(ports, placed);
  const turn = placed.place === null ? null : await ports.ledger.readTurn(record.dataset);
  const holder = turn === null ? null : await holderOf(ports.ledger, turn);
  if (holder !== null && holder.id !== importId) return { kind: 'waits', behind: holder.id };
  return { kind: 'queued', messages };
}

/**
 * The import with the place by which it may be loaded: its own, or where newer imports have begun, the last one. Throws
 * `behind-newer` where that is not asked for.
 */
export async function placeAgain(
  ledger: Ledger,
  record: ImportRecord,
  behindNewer: boolean,
): Promise<ImportRecord> {
  const { id, dataset, place } = record;
  const turn = await ledger.readTurn(dataset);
  if (!isBehindNewer(turn, { place: place!, importId: id })) return record;
  if (!behindNewer) throw newerBegun(record, turn);
  const moved = await lastPlace(ledger, dataset, id);
  await ledger.move(id, moved);
  return { ...record, place: moved };
}

/** A place behind all imports of the dataset that have come. */
export async function lastPlace(ledger: Ledger, dataset: string, importId: string): Promise<string> {
  const last = (await ledger.lastPlace(dataset))?.place ?? '';
  const { place } = await ledger.readTurn(dataset);
  return placeBehind(last < place ? place : last, importId);
}

function newerBegun(record: ImportRecord, { importId }: Turn): SluiceError {
  const { id, dataset } = record;
  return new SluiceError(
    'behind-newer',
    `Import ${id} waited too long: the turn of dataset '${dataset}', which loads its files in order of arrival, has passed to newer imports (now ${importId ?? 'none is loaded'}). ` +
      `Its remaining rows would be written over their rows. If that is wanted, run \`${resumeCommand(record)} --behind-newer\`: it is loaded after all imports that wait now. Otherwise leave it.`,
    { data: { importId: id, dataset, turn: importId } },
  );
}

/** The command that resumes an import. */
export function resumeCommand({ id, object, dataset }: ImportRecord): string {
  return isLocalFile(object) ? `sluice load ${object.key} --dataset ${dataset}` : `sluice retry ${id}`;
}

/** The function cannot read it: it would fail the import. */
function localFile(record: ImportRecord): SluiceError {
  const { id, object } = record;
  return new SluiceError(
    'configuration-invalid',
    `Import ${id} loads a local file, ${object.key}: the function cannot read it. Run \`${resumeCommand(record)}\` again: it resumes from the last checkpoint.`,
    { data: { importId: id, file: object.key } },
  );
}
