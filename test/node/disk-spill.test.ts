import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SPILL_BLOCK_BYTES } from '../../src/core/spill/spill.ts';
import { openDiskSpill } from '../../src/node/disk-spill.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disk-spill-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('reads the blocks of each run as they were appended, and uses the place of removed runs again', () => {
  const spill = openDiskSpill(folder);
  const block = (value: number, bytes = SPILL_BLOCK_BYTES) => new Uint8Array(bytes).fill(value);
  const read = (run: number) =>
    Array.from(spill.read(run), (bytes) => [bytes.length, bytes[0], bytes.at(-1)]);
  spill.append(1, block(1));
  spill.append(2, block(2, 24));
  spill.append(1, block(3, 48));
  expect(read(1)).toEqual([
    [SPILL_BLOCK_BYTES, 1, 1],
    [48, 3, 3],
  ]);
  spill.remove(1);
  expect(read(1)).toEqual([]);
  spill.append(3, block(4));
  spill.append(3, block(5));
  spill.append(3, block(6));
  expect(read(2)).toEqual([[24, 2, 2]]);
  expect(read(3).map(([, first]) => first)).toEqual([4, 5, 6]);
  spill.close();
  spill.close();
});

test('leaves nothing in the folder, not even while it is open', () => {
  const spill = openDiskSpill(folder);
  spill.append(1, new Uint8Array(10));
  expect(readdirSync(folder)).toEqual([]);
  spill.close();
});

test('says where it cannot write, and what to do', () => {
  expect(() => openDiskSpill(join(folder, 'missing'))).toThrow(
    expect.objectContaining({ code: 'spill-failed', message: expect.stringContaining('TMPDIR') as string }),
  );
});
