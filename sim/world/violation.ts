/** What must hold in every world, at every step or at its end. */
export type Invariant =
  /** read = written + rejected + superseded + skipped, as an independent reading of the file counts them. */
  | 'rows-conserved'
  /** What a checkpoint calls settled is in the table, or in the rejects. */
  | 'settled-is-there'
  /** An item is what its row says, and the table what its files' rows add up to, in order. */
  | 'table-is-fold'
  /** No row of a file lands behind a later one with its key. */
  | 'rows-in-order'
  | 'rejects-once'
  /** Nothing is written but under an unexpired lease of the writer. */
  | 'lease-held'
  | 'one-lease'
  /** A message of an older epoch than the chunk's loads nothing. */
  | 'epoch-in-force'
  /** Of two versions the newer writes nothing before the older has stopped, and wins. */
  | 'newest-wins'
  | 'import-ends'
  /** Every message is handled, or a dead letter: which only failures make it. */
  | 'message-kept'
  | 'billing-bound'
  /** Nothing goes on behind an invocation's answer. */
  | 'no-afterlife'
  /** Only what went wrong in the world makes an invocation fail. */
  | 'no-surprise';

export type Violation = { readonly invariant: Invariant; readonly atMs: number; readonly text: string };

/** Takes note of a violation; the world then ends. */
export type Violate = (invariant: Invariant, text: string) => void;
