import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noCounts } from '../../src/core/imports/counts.ts';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { createIntake, MAX_RECORD_BYTES } from '../../src/core/intake.ts';
import { NO_LIBRARIES } from '../../src/core/libraries.ts';
import { createLanes } from '../../src/core/lanes/lanes.ts';
import { compileMapping } from '../../src/core/rows/compile-mapping.ts';
import { createWatermark, MAX_HELD_BYTES, MAX_REJECT_BYTES } from '../../src/core/settle/watermark.ts';

const CONTEXT = {
  facts: { file: 'people/a.csv', importId: 'i1', importedAt: '2026-01-02T03:04:05.678Z' },
  libraries: NO_LIBRARIES,
  transform: null,
};

const bytes = (text: string) => new TextEncoder().encode(text);

/** An intake of rows under a header, with what it fills. */
function intakeOf(header: readonly string[], document: object = {}) {
  const dataset = parseDataset('people', {
    source: { prefix: 'people/' },
    table: { partition_key: 'id' },
    ...document,
  });
  const mapping = compileMapping(dataset, header, CONTEXT);
  const lanes = createLanes({ laneCount: 8, plans: mapping.plans, isRepeated: false });
  const watermark = createWatermark(
    { offsetBytes: 0, line: 2, counts: noCounts, units: 0 },
    dataset.format,
    new Uint8Array(4),
  );
  const intake = createIntake({
    dataset,
    mapping,
    lanes,
    watermark,
    startLine: 2,
    startBytes: 0,
    columnCount: header.length,
    repairs: [],
    isFileEnd: true,
  });
  return { intake, lanes, watermark };
}

/** Reads rows that arrive in the pieces, without end of room: how many rows there are, and what the reading ends with. */
function readAll(
  pieces: readonly Uint8Array[],
  document: object = {},
): { rows: number; code: string | null; line: unknown } {
  const { intake } = intakeOf(['id', 'v'], document);
  try {
    for (const piece of pieces) {
      intake.push(piece);
      while (intake.read(Infinity));
    }
    intake.end();
    while (intake.read(Infinity));
    return { rows: intake.rows, code: null, line: null };
  } catch (error) {
    const { code, data } = error as { code: string; data: { line: number } };
    return { rows: intake.rows, code, line: data.line };
  }
}

function cut(text: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, index = 0; at < text.length; index++) {
    const size = sizes[index % sizes.length]!;
    pieces.push(text.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

describe('a record of the largest size', () => {
  // The pieces end around the record's end, and anywhere.
  const sizes = fc.array(
    fc.oneof(
      fc.integer({ min: 16 * 1024, max: 6_000_000 }),
      fc.integer({ min: -12, max: 12 }).map((delta) => MAX_RECORD_BYTES + delta),
    ),
    { minLength: 1, maxLength: 5 },
  );
  const endings = fc.constantFrom('\n', '\r\n', '\r', '');
  const quotes = fc.boolean();

  test.each([
    [0, null],
    [1, 'record-too-large'],
    [2, 'record-too-large'],
    [70_000, 'record-too-large'],
  ])('and %i bytes more ends alike, however its bytes arrive', (more, code) => {
    fc.assert(
      fc.property(sizes, endings, quotes, (pieceSizes, ending, isQuoted) => {
        const length = MAX_RECORD_BYTES + more - 'b,'.length - (isQuoted ? 2 : 0);
        const cell = isQuoted ? `"${'x'.repeat(length)}"` : 'x'.repeat(length);
        const tail = ending === '' ? '' : `c,3${ending}`;
        const text = bytes(`a,1\nb,${cell}${ending}${tail}`);
        const expected = { rows: code === null ? (ending === '' ? 2 : 3) : 1, code, line: code && 3 };
        expect(readAll(cut(text, pieceSizes))).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  test('whose quote is never closed fails on its own line', () => {
    const text = bytes(`a,1\nb,"${'x\n'.repeat(MAX_RECORD_BYTES / 2)}`);
    for (const size of [16 * 1024, 64 * 1024, text.length]) {
      expect(readAll(cut(text, [size]))).toEqual({ rows: 1, code: 'record-too-large', line: 3 });
    }
  });
});

test('records are the same however their bytes arrive, large ones among them', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 400_000 }), (cells, size) => {
      const text = bytes(cells.map((length, index) => `${index},${'x'.repeat(length)}\n`).join(''));
      expect(readAll(cut(text, [Math.max(size, text.length / 200)]))).toEqual({
        rows: cells.length,
        code: null,
        line: null,
      });
    }),
    { numRuns: 20 },
  );
});

describe('reading stops', () => {
  test('where rejects take the memory that they may, until they are taken off', () => {
    const { intake, watermark } = intakeOf(['id', 'n', 'ok']);
    intake.push(bytes('x\n'.repeat(1_000_000)));
    let most = 0;
    let stops = 0;
    while (intake.read(Infinity)) {
      stops++;
      most = Math.max(most, watermark.rejectBytes);
      expect(watermark.hasRoom).toBe(false);
      // What is held can be taken off but for the open block.
      expect(watermark.settledRejectBytes).toBeGreaterThan(MAX_REJECT_BYTES / 2);
      watermark.advance(0, 0);
      expect(watermark.hasRoom).toBe(true);
    }
    expect(intake.rejects).toBe(1_000_000);
    expect(stops).toBeGreaterThan(5);
    expect(most).toBeLessThan(MAX_REJECT_BYTES + 1024 * 1024);
  });

  test('where rejects wait behind an item', () => {
    const { intake, watermark, lanes } = intakeOf(['id', 'n', 'ok']);
    intake.push(bytes(`p1,1,1\n${'x\n'.repeat(1_000_000)}`));
    expect(intake.read(Infinity)).toBe(true);
    expect(watermark.settledRejectBytes).toBe(0);
    expect(watermark.advance(0, 0).rejects).toEqual([]);
    expect(watermark.hasRoom).toBe(false);
    expect(watermark.rejectBytes).toBeLessThan(MAX_REJECT_BYTES + 1024 * 1024);
    lanes.settleWritten(lanes.take(0, Infinity, true)!.slots[0]!);
    expect(watermark.settledRejectBytes).toBeGreaterThan(MAX_REJECT_BYTES / 2);
    watermark.advance(0, 0);
    expect(watermark.hasRoom).toBe(true);
  });

  test('where one item of each block waits, and the others are written', () => {
    const { intake, watermark, lanes } = intakeOf(['id', 'v']);
    const rows = Array.from({ length: 100 }, (_, index) => `k${index},${'v'.repeat(50)}\n`).join('');
    const held: number[] = [];
    let round = 0;
    for (; watermark.hasRoom && round < 20_000; round++) {
      intake.push(bytes(rows.replaceAll('k', `k${round}-`)));
      while (intake.read(Infinity));
      let isFirst = true;
      for (let batch = lanes.take(0, Infinity, true); batch !== null; batch = lanes.take(0, Infinity, true)) {
        for (const slot of batch.slots) {
          if (isFirst) held.push(slot);
          else lanes.settleWritten(slot);
          isFirst = false;
        }
        lanes.free(batch, () => 0);
      }
    }
    expect(watermark.hasRoom).toBe(false);
    // The texts of the items that wait are not what takes the memory.
    expect(round * 100).toBeLessThan(lanes.inFlight.items * 200);
    expect(watermark.heldBytes).toBeLessThan(MAX_HELD_BYTES + 1024 * 1024);
    expect(watermark.heldBytes / lanes.inFlight.bytes).toBeGreaterThan(100);
    for (const slot of held) lanes.settleWritten(slot);
    intake.pause();
    expect(watermark.hasRoom).toBe(true);
  });

  test('where a row of many short cells becomes a long text', () => {
    const names = Array.from({ length: 8000 }, (_, index) => `c${index}`);
    const { intake, watermark } = intakeOf(['id', ...names], {
      columns: Object.fromEntries(names.map((name) => [name, { type: 'boolean' }])),
    });
    // A row of 16 KB becomes a text of 160 KB.
    const row = `,t`.repeat(8000);
    let rows = 0;
    for (; watermark.hasRoom && rows < 2000; rows++) {
      intake.push(bytes(`p${rows}${row}\n`));
      intake.read(Infinity);
    }
    expect(intake.rejects).toBe(0);
    expect(rows).toBeLessThan(MAX_HELD_BYTES / 150_000);
    expect(watermark.heldBytes).toBeLessThan(MAX_HELD_BYTES + 2 * 1024 * 1024);
  });
});

test('the record of a refused item is the text of the file, in an open block and in a closed one', () => {
  const { intake, lanes, watermark } = intakeOf(['id', 'v']);
  const rows = Array.from({ length: 700 }, (_, index) => `p${index},"v ${index}"`);
  const text = bytes(`${rows.join('\r\n')}\r\n`);
  const found: string[] = [];
  for (const piece of cut(text, [997, 13, 2500])) {
    intake.push(piece);
    while (intake.read(Infinity));
    for (let batch = lanes.take(0, Infinity, true); batch !== null; batch = lanes.take(0, Infinity, true)) {
      for (const slot of batch.slots) {
        const { block, line, startBytes, endBytes } = lanes.record(slot);
        const record = watermark.text.slice(startBytes, endBytes);
        found[line - 2] = new TextDecoder().decode(record);
        watermark.rejectItem(block, { line, faults: [], record });
        lanes.settleRejected(slot);
      }
      lanes.free(batch, () => 0);
    }
  }
  expect(found).toEqual(rows);
  // What is settled is not kept any longer.
  intake.pause();
  expect(watermark.heldBytes).toBe(0);
});

test('a record of millions of cells is one reject, and its cells use no memory of their own', () => {
  const { intake, watermark } = intakeOf(['id', 'v']);
  // The one cell that is not empty is beyond those whose positions are kept.
  intake.push(bytes(`${','.repeat(2_000_000)}x${','.repeat(2_000_000)}\n`));
  expect(intake.read(Infinity)).toBe(false);
  intake.pause();
  const rows = new TextDecoder().decode(watermark.advance(0, 0).rejects[0]!.subarray(0, 80));
  expect(rows).toContain('too-many-fields,"the row has 4000001 fields, the header 2"');
});
