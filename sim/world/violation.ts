/** The invariants of every world, checked at every step or at its end. */
export const invariants = {
  'rows-conserved':
    'read = written + rejected + superseded + skipped, as csv-parse counts the rows of the file.',
  'settled-is-stored': 'Each row before a checkpoint is in the table or in the rejects.',
  'ahead-is-true':
    'A row that a checkpoint records as written beyond it is in the table, and no earlier row with its key is pending. A row that it records as superseded has a later row with its key.',
  'nothing-twice':
    'A hand-over records all that is written in its checkpoint, and the next loader does not write it again.',
  'table-equals-files': 'Each item equals its row, and the table holds the result of all rows in order.',
  'rows-in-order': 'No row of a file lands after a later row with its key.',
  'rejects-once': 'Each reject is in the results exactly once.',
  'lease-held': 'A loader writes only while it holds a lease that has not expired.',
  'one-lease': 'No chunk is claimed while another loader holds its lease.',
  'epoch-is-current': "A message of an epoch older than the chunk's loads nothing.",
  'newest-wins':
    'The newer of two versions writes nothing before the older has stopped, and its rows are in the table at the end.',
  'files-in-order':
    'Of a dataset that loads its files in order, no row is written after a row of a file that arrived later.',
  'import-ends': 'Every import ends with the right status, in time.',
  'end-reported': 'An event reports the end of every import; the event is also a metric.',
  'message-kept': 'Every message is handled or becomes a dead letter, and only failures make dead letters.',
  'billing-bound': 'Waiting for a slow table costs almost no function time.',
  'no-work-after-return': 'No code of an invocation continues after it has returned.',
  'no-unexpected-failure': 'An invocation fails only because of a fault of the world.',
} as const;

export type Invariant = keyof typeof invariants;

export type Violation = { readonly invariant: Invariant; readonly atMs: number; readonly text: string };

/** Records a violation; the world then ends. */
export type Violate = (invariant: Invariant, text: string) => void;
