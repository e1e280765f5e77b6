import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check, type CheckReport } from '../../../src/engine/check/check.ts';
import type { Dataset } from '../../../src/core/dataset/dataset.ts';
import type { ImportRecord } from '../../../src/core/imports/import.ts';
import { openDiskSpill } from '../../../src/node/disk-spill.ts';
import { document, header, resolved, row, written } from '../../core/rows/random-documents.ts';
import { world } from '../world.ts';

/** Checks the file, and loads it into an empty table in memory. */
async function checkAndLoad(
  dataset: Dataset,
  body: string | Uint8Array,
): Promise<{ report: CheckReport; record: ImportRecord; items: number }> {
  const engine = world({ datasets: [dataset] });
  const object = await engine.drop(body, `${dataset.source.prefix}a.csv`);
  await engine.loadAll();
  const report = await engine.clock.run(
    check(
      dataset,
      { name: 'a.csv', object, source: engine.source },
      { clock: engine.clock, openSpill: openDiskSpill },
    ),
  );
  return { report, record: await engine.importOf(object), items: engine.table.items.size };
}

/** The check says what the load did. A load that fails stops somewhere, so only the reason is compared then. */
function expectEqual({ report, record, items }: Awaited<ReturnType<typeof checkAndLoad>>): void {
  const { read, loaded, skipped, rejected, blank, made, written, deleted, superseded } = record.counts;
  const isWhole = record.failure === null || record.failure.code === 'nothing-loaded';
  // What an insert or a merge does depends on what the table holds.
  const isCertain = isWhole && !report.dependsOnTable;
  const { least, most } = report.units ?? { least: 0, most: Infinity };
  expect({
    code: report.failure?.code ?? null,
    rows: isWhole && report.rows,
    made: isWhole && report.items.made,
    settled: isCertain && report.items.settled,
    final: isCertain && report.items.final,
    isUnitsInRange: !isCertain || (least <= record.units && record.units <= most),
    isExactWithoutRepeats: !isCertain || report.duplicates.items > 0 || least === most,
    hasUnits: report.units !== null,
  }).toEqual({
    code: record.failure?.code ?? null,
    rows: isWhole && { read, loaded, skipped, rejected, blank },
    made: isWhole && made,
    settled: isCertain && written + deleted + superseded,
    final: isCertain && items,
    isUnitsInRange: true,
    isExactWithoutRepeats: true,
    hasUnits: !report.dependsOnTable,
  });
}

/** Cells of any document, and what is no good file at all. */
const bodies = fc.oneof(
  { weight: 8, arbitrary: fc.array(row, { maxLength: 12 }).map((rows) => fileOf(rows.map(written))) },
  // Rows that are repeated have repeated keys.
  {
    weight: 2,
    arbitrary: fc
      .array(row, { minLength: 1, maxLength: 4 })
      .map((rows) => fileOf([...rows, ...rows, ...rows].map(written))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map((text) => fileOf([text])) },
);

/** Documents that most rows fit, with each mode and limit. */
const likely = fc
  .record({
    n: fc.constantFrom('number', 'integer', 'string'),
    flag: fc.constantFrom('boolean', 'string'),
    a: fc.constantFrom('string', { not_null: true }, 'date'),
    mode: fc.constantFrom('put', 'put', 'put', 'delete', 'insert', 'merge'),
    load: fc.constantFrom({}, { max_reject_ratio: 1 }, { max_rejects: 2 }, { max_rejects: 0 }),
    blank_rows: fc.constantFrom('skip', 'reject'),
  })
  .map(({ n, flag, a, mode, load, blank_rows }) => ({
    source: { prefix: 'p/' },
    format: { blank_rows },
    columns: { n, flag, a },
    table: { partition_key: 'id' },
    write: { mode },
    load,
  }));

function fileOf(rows: readonly string[]): string {
  return `${[header.join(','), ...rows].join('\n')}\n`;
}

test('a check predicts the load of a file, for 1,000 random documents with files', async () => {
  // Before virtual time begins: conditions need it.
  await import('@marcbachmann/cel-js');
  const seen = { loaded: 0, rejected: 0, failed: 0, repeated: 0, onTable: 0 };
  await fc.assert(
    fc.asyncProperty(fc.oneof(document, likely), bodies, async (value, body) => {
      const dataset = resolved(value);
      fc.pre(dataset !== null);
      const both = await checkAndLoad(dataset, body);
      expectEqual(both);
      if (both.report.rows.loaded > 0) seen.loaded++;
      if (both.report.rows.rejected > 0) seen.rejected++;
      if (both.report.failure !== null) seen.failed++;
      if (both.report.duplicates.keys > 0) seen.repeated++;
      if (both.report.dependsOnTable) seen.onTable++;
    }),
    { numRuns: 1000 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
}, 600_000);
