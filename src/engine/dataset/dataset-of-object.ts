import { REJECT_MARK_BYTES, rejectMark } from '../../core/csv/header/reject-columns.ts';
import { type Dataset, datasetOf, type InvalidDataset } from '../../core/dataset/dataset.ts';
import { failsImport } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/imports/import.ts';
import type { Ledger, Source } from '../../core/ports.ts';

type AnyDataset = Dataset | InvalidDataset;

/**
 * The dataset of an object: the one whose prefix and suffix its key has. A reject file has any suffix, and belongs to the dataset of
 * the import that it names; its first bytes are read where the key alone does not say. Throws what may pass.
 */
export async function datasetOfObject(
  ports: { readonly source: Source; readonly ledger: Ledger },
  datasets: readonly AnyDataset[],
  object: ObjectRef,
): Promise<AnyDataset | undefined> {
  const byKey = datasetOf(datasets, object.key);
  const near = datasets.filter(({ source }) => source !== null && object.key.startsWith(source.prefix));
  if (near.length === 0 || (near.length === 1 && byKey !== undefined)) return byKey;
  const importId = await repairedImport(ports.source, object);
  if (importId === null) return byKey;
  const repaired = importId === '' ? null : await ports.ledger.readImport(importId);
  const named = near.find(({ name }) => name === repaired?.dataset);
  return named ?? byKey ?? (near.length === 1 ? near[0] : undefined);
}

/** By the first bytes: see `rejectMark`. An object that cannot be read is no reject file. */
async function repairedImport(source: Source, object: ObjectRef): Promise<string | null> {
  const pieces: Uint8Array[] = [];
  try {
    const endBytes = Math.min(REJECT_MARK_BYTES, object.sizeBytes);
    for await (const piece of source.read(object, 0, endBytes)) pieces.push(piece);
  } catch (error) {
    if (failsImport(error)) return null;
    throw error;
  }
  return rejectMark(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
}
