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

/** Events that were accepted and are not handled yet, one file each, so that the next process finds them after a kill. */
export type KeptEvents = {
  /** On disk when this returns: only then may the upload be answered. */
  keep(event: unknown): KeptEvent;
  /** The events of an earlier process, in the order of their arrival. */
  readonly left: readonly KeptEvent[];
};

export type KeptEvent = {
  readonly event: unknown;
  /** Deletes the event's file after the event was handled. */
  drop(): void;
};

/** Opens the folder, which one process at a time may use. Throws if it cannot be created, read or written. */
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

/** Synchronous: the caller answers its client next, and the event must be on disk before. */
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
