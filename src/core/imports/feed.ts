/** What the ledger knows of a dataset whose files are expected (`expect: { every }`). */
export type Feed = {
  readonly dataset: string;
  /** `24h`, as in the document. */
  readonly every: string;
  /** When its last file was uploaded; if none was, when the sweep began to expect one. */
  readonly sinceMs: number;
  readonly hasArrived: boolean;
  /** From when it is late; null: it is not late. */
  readonly lateSinceMs: number | null;
};

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Of a duration as the documents' schema has it: `30m`. */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * UNIT_MS[text.slice(-1) as keyof typeof UNIT_MS];
}

/** When the feed becomes late, unless a file is uploaded before. */
export function dueMs({ sinceMs, every }: Feed): number {
  return sinceMs + durationMs(every);
}
