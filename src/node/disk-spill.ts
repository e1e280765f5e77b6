import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../core/errors.ts';
import { type Spill, SPILL_BLOCK_BYTES } from '../core/spill/spill.ts';

/** A block of the file: its number, and how much of it is used. */
type Block = { readonly number: number; readonly bytes: number };

/**
 * Spills to one file in a private folder below `folder`. File and folder are removed as soon as the file is open, so nothing stays
 * behind when the process ends, not even if it is killed; its blocks are freed with it. Throws `spill-failed`.
 */
export function openDiskSpill(folder = tmpdir()): Spill {
  const file = attempt(() => openRemoved(folder));
  const runs = new Map<number, Block[]>();
  const free: number[] = [];
  const buffer = new Uint8Array(SPILL_BLOCK_BYTES);
  let blocks = 0;
  let isOpen = true;
  return {
    append(run, block) {
      const number = free.pop() ?? blocks++;
      attempt(() => writeAll(file, block, number * SPILL_BLOCK_BYTES));
      const entry = { number, bytes: block.length };
      const known = runs.get(run);
      if (known === undefined) runs.set(run, [entry]);
      else known.push(entry);
    },
    *read(run) {
      for (const { number, bytes } of runs.get(run) ?? []) {
        attempt(() => readAll(file, buffer.subarray(0, bytes), number * SPILL_BLOCK_BYTES));
        yield buffer.subarray(0, bytes);
      }
    },
    remove(run) {
      for (const { number } of runs.get(run) ?? []) free.push(number);
      runs.delete(run);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      closeSync(file);
    },
  };

  function attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SluiceError(
        'spill-failed',
        `A temporary file in ${folder} cannot be written or read: ${why}. Free space there, or set TMPDIR to a folder with more.`,
        { data: { folder }, cause },
      );
    }
  }
}

function openRemoved(folder: string): number {
  const own = mkdtempSync(join(folder, 'sluice-'));
  try {
    return openSync(join(own, 'spill'), 'wx+', 0o600);
  } finally {
    rmSync(own, { recursive: true });
  }
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

function readAll(file: number, into: Uint8Array, position: number): void {
  for (let done = 0; done < into.length;) {
    const count = readSync(file, into, done, into.length - done, position + done);
    if (count === 0) throw new Error('the file is shorter than what was written');
    done += count;
  }
}
