import { CsvError, parse } from 'csv-parse/sync';
import { memorySource } from '../../sim/memory-source.ts';
import { textBytes } from '../../src/core/csv/text/text-coding.ts';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { noCounts } from '../../src/core/imports/counts.ts';
import { NO_LIBRARIES } from '../../src/core/libraries.ts';
import { createIntake } from '../../src/core/intake.ts';
import { createLanes } from '../../src/core/lanes/lanes.ts';
import type { Room } from '../../src/core/rows/item.ts';
import { compileMapping } from '../../src/core/rows/compile-mapping.ts';
import { type Mapping, MAPPED, SKIPPED } from '../../src/core/rows/mapping.ts';
import { createWatermark } from '../../src/core/settle/watermark.ts';
import { readFileHeader } from '../../src/engine/file/file-header.ts';
import { rowsText } from '../../src/engine/file/rows-text.ts';
import { textSource } from '../../src/node/text-source.ts';
import { LINE_ENDS } from './documents.ts';
import { hasOtherBlanks, isKnownToCsvParse } from './readings.ts';
import { type FuzzTable, fuzzTable, type Outcome } from './tables.ts';

export type TablesOptions = { readonly tables: number; readonly seed: number; readonly first?: number };

export type TablesResult = {
  readonly tables: number;
  readonly rows: number;
  /** Tables that csv-parse has read, too. */
  readonly compared: number;
  readonly difference: {
    readonly index: number;
    readonly between: string;
    readonly table: FuzzTable;
    readonly answers: readonly [unknown, unknown];
  } | null;
};

const dataset = parseDataset('fuzz', { source: { prefix: 'in/' }, table: { partition_key: 'id' } });
const context = {
  facts: { file: 'in/file.csv', importId: 'i1', importedAt: '2026-01-02T03:04:05.678Z' },
  libraries: NO_LIBRARIES,
  transform: null,
};

/**
 * Compares what the engine makes of whole files (lines around the rows, header, short and long rows, nulls, encodings) with what they
 * were written from, and with csv-parse where it has the format's options.
 */
export async function fuzzTables(options: TablesOptions): Promise<TablesResult> {
  const first = options.first ?? 0;
  const sums = { rows: 0, compared: 0 };
  for (let index = first; index < first + options.tables; index++) {
    const table = fuzzTable(options.seed, index);
    const found = await readTable(table);
    const reference = readByCsvParse(table);
    sums.rows += table.outcomes.length;
    if (reference !== null) sums.compared++;
    const answers: readonly [string, unknown, unknown][] = [
      ['written and read', table.outcomes, found],
      ['written and csv-parse', table.cells, reference ?? table.cells],
    ];
    const differing = answers.find(([, one, other]) => JSON.stringify(one) !== JSON.stringify(other));
    if (differing === undefined) continue;
    const [between, ...both] = differing;
    return { tables: index + 1 - first, ...sums, difference: { index, between, table, answers: both } };
  }
  return { tables: options.tables, ...sums, difference: null };
}

async function readTable({ bytes, format, pieceBytes }: FuzzTable): Promise<readonly Outcome[] | string> {
  const memory = memorySource({ pieceBytes });
  const source = textSource(memory);
  const object = memory.put('in/file.csv', bytes);
  try {
    const header = await readFileHeader(source, object, { ...dataset, format });
    const read = { ...dataset, format: header.format };
    const outcomes: Outcome[] = [];
    const mapping = listening(compileMapping(read, header.names, context), outcomes);
    const from = { offsetBytes: header.endBytes, line: header.endLine, counts: noCounts, units: 0 };
    const intake = createIntake({
      dataset: read,
      mapping,
      lanes: createLanes({ laneCount: 1, plans: mapping.plans, isRepeated: false }),
      watermark: createWatermark(from, read.format, new Uint8Array(4)),
      startLine: from.line,
      startBytes: from.offsetBytes,
      columnCount: header.names.length,
      repairs: [],
      isFileEnd: true,
    });
    const range = { startBytes: header.endBytes, endBytes: textBytes(object, header.coding) };
    for await (const piece of rowsText(source, object, header, range)) {
      intake.push(piece);
      while (intake.read(Infinity));
    }
    intake.end();
    while (intake.read(Infinity));
    return outcomes;
  } catch (error) {
    return String(error);
  }
}

/** The mapping, which also lists what becomes of each row. */
function listening(mapping: Mapping, outcomes: Outcome[]): Mapping {
  return {
    ...mapping,
    get faults() {
      return mapping.faults;
    },
    map(reader, bytes, room, line) {
      let arena = new Uint8Array(0);
      const watched: Room = {
        get used() {
          return room.used;
        },
        reserve: (needed) => (arena = room.reserve(needed) as Uint8Array<ArrayBuffer>),
      };
      const result = mapping.map(reader, bytes, watched, line);
      if (result === MAPPED) outcomes.push(attributesOf(mapping, arena));
      else if (result !== SKIPPED) outcomes.push('rejected');
      return result;
    },
  };
}

function attributesOf({ items }: Mapping, arena: Uint8Array): Outcome {
  const { start, end } = items[0]!;
  const item = JSON.parse(new TextDecoder().decode(arena.subarray(start, end))) as Record<
    string,
    { S: string }
  >;
  return Object.fromEntries(Object.entries(item).map(([name, { S }]) => [name, S]));
}

/** The cells of each row that fits the header; null: csv-parse does not have all options of the format. */
function readByCsvParse({ text, format, preamble, width }: FuzzTable): readonly string[][] | null {
  const { delimiter, quote, escape, trim, comment, line_end, stray_quotes } = format;
  const isPlain = format.header === 1 && format.skip_footer === 0 && typeof format.skip_lines === 'number';
  if (!isPlain || !isKnownToCsvParse(format) || preamble.hasQuote || hasOtherBlanks({ text, format }))
    return null;
  try {
    const records = parse(text, {
      delimiter,
      quote,
      escape: quote === null ? null : escape,
      trim,
      comment: comment[0] ?? null,
      comment_no_infix: true,
      record_delimiter: LINE_ENDS[line_end].toSorted((a, b) => b.length - a.length),
      relax_quotes: stray_quotes === 'literal',
      from_line: preamble.lines + 1,
      skip_records_with_empty_values: true,
      relax_column_count: true,
    });
    return records.slice(1).flatMap((cells) => {
      const surplus = cells.slice(width);
      if (cells.length < width && format.short_rows === 'reject') return [];
      if (surplus.length > 0 && (format.long_rows === 'reject' || surplus.some((cell) => cell !== '')))
        return [];
      return [Array.from({ length: width }, (_, field) => cells[field] ?? '')];
    });
  } catch (error) {
    if (error instanceof CsvError) return [['refused', error.message]];
    throw error;
  }
}
