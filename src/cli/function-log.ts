import * as z from 'zod';
import { noCounts } from '../core/counts.ts';
import { countsLine } from './import-summary.ts';

const count = z.number();

/** What a person wants of a line that the function logs; whatever else it holds is for machines. */
const entrySchema = z.object({
  level: z.string().optional(),
  message: z.string().optional(),
  importId: z.string().default(''),
  key: z.string().optional(),
  code: z.string().default(''),
  reason: z.string().optional(),
  errorMessage: z.string().optional(),
  rejects: z.string().nullish(),
  missing: z.array(z.string()).default([]),
  counts: z
    .object({ read: count, written: count, rejected: count, superseded: count, skipped: count })
    .default(noCounts),
});

type Entry = z.infer<typeof entrySchema>;

/** Reads the function's log for a person: how imports end, and what goes wrong, a line each. */
export function functionLog(print: (line: string) => void): (line: string) => void {
  const keys = new Map<string, string>();
  return (line) => {
    const entry = parse(line);
    if (entry.key !== undefined) keys.set(entry.importId, entry.key);
    const name = keys.get(entry.importId) ?? `import ${entry.importId}`;
    if (entry.message === 'import done') {
      print(`${name}: done, ${countsLine(entry)}`);
      if (entry.code === 'header-only') print(`${name}: there was nothing in it but a header`);
      if (typeof entry.rejects === 'string') print(`${name}: rejected rows, with reasons: ${entry.rejects}`);
    } else if (entry.message === 'declared columns missing')
      print(`${name}: the header lacks columns that the dataset declares: ${entry.missing.join(', ')}`);
    else if (entry.message === 'import failed') print(`${name}: failed: ${entry.code}: ${entry.reason}`);
    else if (entry.message === 'object ignored') print(`${name}: ignored: ${entry.reason}`);
    else if (isTrouble(entry))
      print(`the function: ${entry.reason ?? entry.errorMessage ?? entry.message ?? line}`);
  };
}

function isTrouble({ level }: Entry): boolean {
  return level === undefined || /^(error|critical)$/i.test(level);
}

/** Not every line is the logger's: a crash prints its own. */
function parse(line: string): Entry {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return entrySchema.parse({ message: line });
  }
}
