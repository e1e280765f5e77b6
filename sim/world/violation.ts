/** What must hold in every world, at every step or at its end. */
export const invariants = {
  'rows-conserved':
    'read = written + rejected + superseded + skipped, as an independent reading of the file counts them.',
  'settled-is-there': 'What a checkpoint calls settled is in the table, or in the rejects.',
  'ahead-holds':
    'What a checkpoint calls written beyond it is in the table, no earlier row of its key is still to come, and what it calls superseded has a later row.',
  'nothing-twice':
    'What a hand-over leaves written is in its checkpoint, and nobody who goes on from there writes it again.',
  'table-is-fold': "An item is what its row says, and the table what its files' rows add up to, in order.",
  'rows-in-order': 'No row of a file lands behind a later one with its key.',
  'rejects-once': 'A reject is in the results once, and never twice.',
  'lease-held': 'Nothing is written but under an unexpired lease of the writer.',
  'one-lease': 'No chunk is claimed while another lease of it lasts.',
  'epoch-in-force': "A message of an older epoch than the chunk's loads nothing.",
  'newest-wins': 'Of two versions the newer writes nothing before the older has stopped, and wins.',
  'import-ends': 'Every import ends, as it should and in time.',
  'end-told': 'The end of every import is told, by an event that is its metric too.',
  'message-kept': 'Every message is handled, or a dead letter: which only failures make it.',
  'billing-bound': 'Waiting for a slow table costs next to no function time.',
  'no-afterlife': "Nothing goes on behind an invocation's answer.",
  'no-surprise': 'Only what went wrong in the world makes an invocation fail.',
} as const;

export type Invariant = keyof typeof invariants;

export type Violation = { readonly invariant: Invariant; readonly atMs: number; readonly text: string };

/** Takes note of a violation; the world then ends. */
export type Violate = (invariant: Invariant, text: string) => void;
