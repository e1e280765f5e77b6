import type { ImportRecord } from '../core/imports/import.ts';

/** The exit codes of a load. Commander's own, for a wrong command line, is 1 too: nothing was loaded. */
export const EXIT = { done: 0, failed: 1, doneWithRejects: 3 } as const;

export function exitCode({ status, counts }: Pick<ImportRecord, 'status' | 'counts'>): number {
  if (status !== 'done') return EXIT.failed;
  return counts.rejected > 0 ? EXIT.doneWithRejects : EXIT.done;
}
