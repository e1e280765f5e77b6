import { type KeyRecord, sequencerOrder } from './import.ts';

/** What a ledger stores of an object's key. */
export type KeyState = KeyRecord & {
  /** The sequencer of the newest version, in the form that is compared. */
  readonly order: string;
};

/** The key with this import as the newest version's, if its sequencer is later; otherwise the same state. */
export function takeKey(known: KeyState | null, importId: string, sequencer: string): KeyState {
  const order = sequencerOrder(sequencer);
  if (known === null) return { importId, previous: [], order };
  if (known.importId === importId || known.order >= order) return known;
  return { importId, previous: [known.importId, ...known.previous], order };
}

/** The key without its previous imports, if this import is still the newest version's; otherwise the same state. */
export function clearKey(known: KeyState, importId: string): KeyState {
  return known.importId === importId ? { ...known, previous: [] } : known;
}

export function keyRecord({ importId, previous }: KeyState): KeyRecord {
  return { importId, previous };
}
