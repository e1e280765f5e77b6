import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { unfinished } from './atomic-file.ts';

/** Events that were accepted and are not through: a file each, so that a killed process leaves them to the next. */
export type KeptEvents = {
  /** On disk when this returns, so that whoever caused the event may then be told that it is taken. */
  keep(event: unknown): KeptEvent;
  /** What an earlier process has left, in the order in which it came. */
  readonly left: readonly KeptEvent[];
};

export type KeptEvent = {
  readonly event: unknown;
  /** The event is through: forgets it. */
  drop(): void;
};

/** Opens the folder of one process at a time. Throws where it can't be made, read or written. */
export function openKeptEvents(folder: string): KeptEvents {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder).sort();
  for (const draft of names.filter((name) => name.endsWith(unfinished))) rmSync(join(folder, draft));
  const kept = names.filter((name) => name.endsWith(suffix));
  let last = Number.parseInt(kept.at(-1) ?? '0', 10);

  return {
    left: kept.map((name) => entry(name, JSON.parse(readFileSync(join(folder, name), 'utf8')))),
    keep(event) {
      last += 1;
      const name = `${String(last).padStart(15, '0')}${suffix}`;
      writeDurably(join(folder, name), JSON.stringify(event));
      return entry(name, event);
    },
  };

  function entry(name: string, event: unknown): KeptEvent {
    return { event, drop: () => rmSync(join(folder, name), { force: true }) };
  }
}

const suffix = '.json';

/** Waits for the disk: the caller answers its client next, and a promise would let the answer go out before. */
function writeDurably(path: string, text: string): void {
  const draft = `${path}${unfinished}`;
  const file = openSync(draft, 'w');
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
