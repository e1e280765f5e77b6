import * as z from 'zod';
import { type Counts, noCounts } from '../core/imports/counts.ts';
import type { FunctionEvent } from '../lambda/function-event.ts';
import { countsLine } from './imports/import-summary.ts';

const countsSchema = Object.fromEntries(Object.keys(noCounts).map((name) => [name, z.number()])) as Record<
  keyof Counts,
  z.ZodNumber
>;

/** The fields of a log line that are shown to a person. */
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
  counts: z.object(countsSchema).default(noCounts),
});

type Entry = z.infer<typeof entrySchema>;

/** Prints the ends of imports, warnings and errors of the function's log, each with its time and the object's key. */
export function functionLog(print: (line: string) => void, now: () => number): (line: string) => void {
  const keys = new Map<string, string>();
  return (line) => {
    const entry = parse(line);
    if (entry.key !== undefined && entry.importId !== '') keys.set(entry.importId, entry.key);
    const key = entry.key ?? keys.get(entry.importId);
    const name = key ?? (entry.importId === '' ? 'the function' : `import ${entry.importId}`);
    const time = timeOfDay(entry.timestamp === undefined ? now() : Date.parse(entry.timestamp));
    for (const text of textOf(entry, line)) print(`${time} ${name}: ${text}`);
    if (ENDS.has(entry.message ?? '')) keys.delete(entry.importId);
  };
}

/** The lines of an event, by its type; of other events only the errors are printed. */
const TEXTS: ReadonlyMap<string, (entry: Entry) => string[]> = new Map<
  FunctionEvent['type'],
  (entry: Entry) => string[]
>([
  ['import done', doneText],
  ['import failed', ({ code, reason }) => [`failed: ${code}: ${reason}`]],
  ['import warning', ({ code, reason }) => [`warning: ${reason} (${code})`]],
  ['object ignored', ({ reason }) => [`ignored: ${reason}`]],
]);

const ENDS: ReadonlySet<string> = new Set<FunctionEvent['type']>([
  'import done',
  'import failed',
  'import superseded',
]);

function textOf(entry: Entry, line: string): string[] {
  const text = TEXTS.get(entry.message ?? '');
  if (text !== undefined) return text(entry);
  return isTrouble(entry) ? [entry.reason ?? entry.errorMessage ?? entry.message ?? line] : [];
}

function doneText(entry: Entry): string[] {
  const texts = [`done, ${countsLine(entry)}`];
  if (entry.code === 'header-only') texts.push('the file has a header and no rows');
  if (typeof entry.rejects === 'string') texts.push(`rejected rows, with reasons: ${entry.rejects}`);
  return texts;
}

/** `18:11:03`, in the time zone of the terminal. */
function timeOfDay(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}

function isTrouble({ level }: Entry): boolean {
  return level === undefined || /^(error|critical)$/i.test(level);
}

/** A crash prints lines that are not the logger's. */
function parse(line: string): Entry {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return entrySchema.parse({ message: line });
  }
}
