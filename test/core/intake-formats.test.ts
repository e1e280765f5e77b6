import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellText } from '../../src/core/csv/cell-text.ts';
import type { Format } from '../../src/core/csv/format.ts';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { noCounts } from '../../src/core/imports/counts.ts';
import type { Checkpoint } from '../../src/core/imports/import.ts';
import { createIntake } from '../../src/core/intake.ts';
import { createLanes } from '../../src/core/lanes/lanes.ts';
import { type Mapping, SKIPPED } from '../../src/core/rows/mapping.ts';
import { createWatermark } from '../../src/core/settle/watermark.ts';
import { formats, textsOf } from './csv/formats.ts';

const COLUMNS = 3;
const dataset = parseDataset('people', { source: { prefix: 'people/' }, table: { partition_key: 'id' } });
const START: Checkpoint = { offsetBytes: 0, line: 1, counts: noCounts, units: 0 };

/** Formats that also decide which records are rows. */
const rowFormats: fc.Arbitrary<Format> = fc
  .record({
    format: formats,
    stray_quotes: fc.constantFrom('reject', 'literal', 'repair'),
    short_rows: fc.constantFrom('reject', 'pad'),
    long_rows: fc.constantFrom('reject', 'drop_empty'),
    skip_footer: fc.constantFrom(0, 1, 3, { from: 'a', max: 2 }),
  })
  .map(({ format, ...options }) => ({ ...format, ...options }));

type Reading = {
  /** Of each row: line, fault and cells. */
  readonly rows: readonly unknown[];
  readonly checkpoints: readonly { readonly checkpoint: Checkpoint; readonly rowsBefore: number }[];
};

/** The rows from a checkpoint on, of a text that arrives in pieces, with a checkpoint behind each piece. */
function readFrom(
  { offsetBytes, line, counts }: Checkpoint,
  text: Uint8Array,
  format: Format,
  pieceBytes: number,
): Reading {
  const rows: unknown[] = [];
  const mapping: Mapping = {
    itemCount: 0,
    items: [],
    plans: [],
    faults: [],
    map(reader, bytes, _, rowLine) {
      const cells = Array.from({ length: reader.fieldCount }, (__, field) =>
        cellText(reader, bytes, field, format),
      );
      rows.push({ line: rowLine, fault: reader.fault, cells });
      return SKIPPED;
    },
  };
  const from = { offsetBytes, line, counts, units: 0 };
  const watermark = createWatermark(from, format, new Uint8Array(4));
  const intake = createIntake({
    dataset: { ...dataset, format },
    mapping,
    lanes: createLanes({ laneCount: 1, plans: [], isRepeated: false }),
    watermark,
    startLine: line,
    startBytes: offsetBytes,
    columnCount: COLUMNS,
    repairs: [],
    isFileEnd: true,
  });
  const checkpoints: { checkpoint: Checkpoint; rowsBefore: number }[] = [];
  for (let at = offsetBytes; at < text.length; at += pieceBytes) {
    intake.push(text.slice(at, at + pieceBytes));
    while (intake.read(Infinity));
    intake.pause();
    checkpoints.push({ checkpoint: watermark.advance(0, 0).checkpoint, rowsBefore: rows.length });
  }
  intake.end();
  while (intake.read(Infinity));
  return { rows, checkpoints };
}

test('an import that resumes at any checkpoint reads the same rows, whatever the format and the pieces', () => {
  const documents = rowFormats.chain((format) =>
    fc.record({ format: fc.constant(format), text: textsOf(format) }),
  );
  fc.assert(
    fc.property(
      documents,
      fc.integer({ min: 3, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      ({ format, text }, pieceBytes, otherPieceBytes) => {
        const bytes = new TextEncoder().encode(text);
        const whole = readFrom(START, bytes, format, Infinity);
        const { rows, checkpoints } = readFrom(START, bytes, format, pieceBytes);
        expect(rows).toEqual(whole.rows);
        for (const { checkpoint, rowsBefore } of checkpoints) {
          const rest = readFrom(checkpoint, bytes, format, otherPieceBytes);
          expect(rest.rows).toEqual(rows.slice(rowsBefore));
        }
      },
    ),
    { numRuns: 500 },
  );
});
