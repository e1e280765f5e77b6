import { type ChunkRecord, type ImportRecord, objectName } from '../../core/imports/import.ts';
import type { Feed } from '../../core/imports/feed.ts';
import { rejectsFolder } from '../../engine/end/report.ts';
import { type ImportDetails, type ImportOverview, utc } from '../../engine/import-overview.ts';
import { importNotes } from './import-notes.ts';
import { countsLine, duration, itemsLine, number, repairedLine, rowsLine } from './import-summary.ts';
import { wrap } from '../wrap.ts';

/** `width`: columns of the terminal (null: lines of any length). `nowMs`: for the duration of a load that is running. */
export type View = { readonly width: number | null; readonly nowMs: number };

/** A few lines for each import under one head: what it is and when it ended, its object, its counts, and its notice. */
export function listText(imports: readonly ImportOverview[], view: View): string[] {
  const rows = imports.map((record) => [
    record.id,
    record.status,
    record.endedAtMs === null ? '-' : utc(record.endedAtMs),
    took(record, view.nowMs) ?? '-',
    record.dataset,
  ]);
  const [head = '', ...lines] = aligned([['IMPORT', 'STATUS', 'ENDED (UTC)', 'TOOK', 'DATASET'], ...rows]);
  return [
    head,
    ...imports.flatMap(({ object, counts, repaired, notice }, index) => [
      lines[index]!,
      `  ${objectName(object)}`,
      ...wrap(
        `${countsLine({ counts })}${repaired?.rows ? `; repaired ${repairedLine(repaired)}` : ''}`,
        view.width,
        '  ',
      ),
      ...(notice === null ? [] : wrap(notice, view.width, '  ')),
    ]),
  ];
}

/** A line for each feed that is late. */
export function lateFeeds(feeds: readonly Feed[]): string[] {
  return feeds.flatMap(({ dataset, every, sinceMs, hasArrived, lateSinceMs }) => {
    if (lateSinceMs === null) return [];
    const last = hasArrived ? `the last upload was at ${utc(sinceMs)} UTC` : 'no file was uploaded yet';
    return [`late: dataset ${dataset}, since ${utc(lateSinceMs)} UTC; expected every ${every}, ${last}`];
  });
}

/** One import in full, with its chunks. */
export function importText(details: ImportDetails, view: View): string[] {
  const { id, status, object, dataset, counts, notice, chunks, queuedAtMs, startedAtMs, endedAtMs } = details;
  const span = took(details, view.nowMs);
  const facts: [string, string | null][] = [
    ['object', objectName(object)],
    ['size', `${number(object.sizeBytes)} bytes`],
    ['dataset', dataset],
    ['queued', `${utc(queuedAtMs)} UTC`],
    ['started', startedAtMs === null ? null : `${utc(startedAtMs)} UTC`],
    ['ended', endedAtMs === null ? null : `${utc(endedAtMs)} UTC`],
    [endedAtMs === null ? 'so far' : 'took', span],
    ['rows', rowsLine(counts)],
    ['items', itemsLine(counts)],
    ['rejects', counts.rejected > 0 ? `in the results, under ${rejectsFolder(details)}` : null],
    [
      'repairs',
      details.repairOf.length > 0 ? `the rejected rows of import ${details.repairOf.join(', ')}` : null,
    ],
    ['repaired', details.repaired?.rows ? repairedLine(details.repaired) : null],
    ...importNotes(details).map(([what, text]): [string, string] => [what, text]),
    ['notice', notice],
    ...chunks.map((chunk): [string, string] => [`chunk ${chunk.index}`, chunkText(chunk)]),
  ];
  const shown = facts.filter((fact): fact is [string, string] => fact[1] !== null);
  const width = Math.max(...shown.map(([name]) => name.length)) + 2;
  return [
    `${id}: ${status}`,
    ...shown.flatMap(([name, text]) => {
      const [first = '', ...others] = wrap(text, view.width, ' '.repeat(width + 2));
      return [`  ${name.padEnd(width)}${first.trimStart()}`, ...others];
    }),
  ];
}

function chunkText({ startBytes, endBytes, checkpoint, lease, finished }: ChunkRecord): string {
  if (finished) return `finished, ${number(checkpoint.counts.read)} rows`;
  const percent = ((checkpoint.offsetBytes - startBytes) / Math.max(1, endBytes - startBytes)) * 100;
  const share = endBytes === Infinity ? 'of the inflated text' : `(${percent.toFixed(1)} %)`;
  const holder = lease === null ? '' : `, leased until ${utc(lease.untilMs)} UTC`;
  return `at byte ${number(checkpoint.offsetBytes)} ${share}, line ${number(checkpoint.line)}${holder}`;
}

/** From the first claim to the end, or to now; waits are included. null: not begun. */
function took({ startedAtMs, endedAtMs }: ImportRecord, nowMs: number): string | null {
  return startedAtMs === null ? null : duration((endedAtMs ?? nowMs) - startedAtMs);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
