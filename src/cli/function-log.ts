import * as z from 'zod';
import { noCounts } from '../core/settle/counts.ts';
import { countsLine } from './import-summary.ts';

const count = z.number();

/** What a person wants of a line that the function logs; whatever else it holds is for machines. */
const entrySchema = z.object({
  timestamp: z.iso.datetime().optional(),
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

/**
 * Reads the function's log for a person: how imports end, and what goes wrong, a line each, with the time and the object's key.
 */
export function functionLog(print: (line: string) => void, now: () => number): (line: string) => void {
  const keys = new Map<string, string>();
  return (line) => {
    const entry = parse(line);
    if (entry.key !== undefined && entry.importId !== '') keys.set(entry.importId, entry.key);
    const key = entry.key ?? keys.get(entry.importId);
    const name = key ?? (entry.importId === '' ? 'the function' : `import ${entry.importId}`);
    const time = timeOfDay(entry.timestamp === undefined ? now() : Date.parse(entry.timestamp));
    for (const text of textOf(entry, line)) print(`${time} ${name}: ${text}`);
    if (/^import (done|failed|superseded)$/.test(entry.message ?? '')) keys.delete(entry.importId);
  };
}

function textOf(entry: Entry, line: string): string[] {
  switch (entry.message ?? '') {
    case 'import done': {
      const { code, rejects } = entry;
      const texts = [`done, ${countsLine(entry)}`];
      if (code === 'header-only') texts.push('there was nothing in it but a header');
      if (typeof rejects === 'string') texts.push(`rejected rows, with reasons: ${rejects}`);
      return texts;
    }
    case 'declared columns missing':
      return [`the header lacks columns that the dataset declares: ${entry.missing.join(', ')}`];
    case 'import failed':
      return [`failed: ${entry.code}: ${entry.reason}`];
    case 'object ignored':
      return [`ignored: ${entry.reason}`];
    default:
      return isTrouble(entry) ? [entry.reason ?? entry.errorMessage ?? entry.message ?? line] : [];
  }
}

/** `18:11:03`, in the time zone of the terminal. */
function timeOfDay(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
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
