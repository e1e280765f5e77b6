import { isDeepStrictEqual } from 'node:util';
import type { ErrorCode } from '../../src/core/errors.ts';
import { hasEnded, importId, type ImportRecord } from '../../src/core/imports/import.ts';
import type { Attributes } from '../item.ts';
import type { Bucket, Version } from './bucket.ts';
import { chunkAt, type History, type ImportHistory } from './history.ts';
import type { Plan } from './plan.ts';
import type { Violate } from './violation.ts';

/** What is there when everything has come to rest. */
export type Remains = {
  readonly bucket: Bucket;
  readonly history: History;
  readonly plan: Plan;
  readonly items: ReadonlyMap<string, Attributes>;
  readonly records: readonly ImportRecord[];
};

/** Judges the end: each import has ended as it should, and table and rejects are what the files say. */
export function judge(remains: Remains, violate: Violate): void {
  const { bucket, history, records } = remains;
  const byId = new Map(records.map((record) => [record.id, record]));
  for (const version of bucket.versions) {
    const record = byId.get(importId(version.object));
    if (record === undefined) {
      violate('import-ends', `${version.name} was never accepted`);
      continue;
    }
    judgeEnding(remains, version, record, violate);
    judgeRejects(history.of(record.id), record, violate);
    if (hasEnded(record.status) && !history.of(record.id).endsTold.has(record.status))
      violate('end-told', `${version.name} is ${record.status}, and no event has told it`);
  }
  judgeTable(remains, byId, violate);
}

function judgeEnding(
  { bucket, plan }: Remains,
  version: Version,
  record: ImportRecord,
  violate: Violate,
): void {
  const { name, object } = version;
  const { status, failure } = record;
  if (!hasEnded(status)) {
    violate('import-ends', `${name} is ${status}, and nothing happens any more`);
    return;
  }
  const isNewest = bucket.versions.findLast((other) => other.object.key === object.key) === version;
  if (status === 'superseded') {
    if (isNewest) violate('newest-wins', `${name} is the newest version, and superseded`);
    return;
  }
  const code = failure?.code ?? null;
  const allowed = endings(version, plan.maxRejects ?? Infinity);
  if (bucket.lost.has(version)) allowed.push('object-gone', 'object-changed');
  if (!allowed.includes(code)) {
    violate(
      'import-ends',
      `${name} has ended as ${status} (${code ?? 'no failure'}: ${failure?.reason ?? ''})`,
    );
  }
}

/** null: it may be done. Of the rows that the table refuses, those are rejected that no later row has taken the place of. */
function endings({ file }: Version, maxRejects: number): (ErrorCode | null)[] {
  if (file.mark === '') return [file.body.length === 0 ? 'empty-file' : 'key-column-missing'];
  const refused = file.rows.filter(({ reject }) => reject !== null);
  const most = refused.length;
  const least = refused.filter(({ reject }) => reject !== 'refused-by-table').length;
  if (least > maxRejects) return ['too-many-rejects'];
  // A share of a few rows says little.
  const mostByShare = file.rows.length < 20 ? Infinity : file.rows.length / 2;
  const codes: (ErrorCode | null)[] = [];
  if (most === 0 || (least <= mostByShare && most < file.rows.length)) codes.push(null);
  if (most > Math.min(maxRejects, mostByShare)) codes.push('too-many-rejects');
  if (most > 0 && file.lastOfKey.size === 0) codes.push('nothing-loaded');
  return codes;
}

/** Each reject has the file's reason, and a settled row that Sluice refuses is there. That none is there twice was seen before. */
function judgeRejects(entry: ImportHistory, { status }: ImportRecord, violate: Violate): void {
  const { name, file } = entry.version;
  const found = new Map(
    [...entry.rejectFiles.values()].flatMap((lines) => lines.map(({ line, code }) => [line, code] as const)),
  );
  for (const [index, { line, reject }] of file.rows.entries()) {
    const code = found.get(line) ?? null;
    found.delete(line);
    const isDue = (status === 'done' || isSettled(entry, index)) && reject !== 'refused-by-table';
    if (code !== reject && (isDue || code !== null)) {
      violate(
        'rejects-once',
        `line ${line} of ${name}: ${reject ?? 'no reject'} expected, ${code ?? 'none'} in the results`,
      );
    }
  }
  if (found.size > 0)
    violate('rejects-once', `rejects of lines that ${name} hasn't: ${[...found.keys()].join(' ')}`);
}

function isSettled(entry: ImportHistory, index: number): boolean {
  const { startBytes } = entry.version.file.rows[index]!;
  const chunk = chunkAt(entry, startBytes);
  return chunk !== undefined && startBytes < chunk.offsetBytes;
}

/**
 * What the table may hold under a key, version after version of the object that names it:
 * - an import that is done leaves the file's last row with the key, or what was there before if the file doesn't name it;
 * - one that stopped (superseded, failed) leaves the same for keys that no row behind its checkpoint has; for others what was
 *   there before, or any row with the key.
 * Earlier rows count as superseded by one that the table refuses, and may or may not have been written. Files of different
 * names have no key in common here.
 */
function judgeTable(
  { bucket, items, history }: Remains,
  byId: ReadonlyMap<string, ImportRecord>,
  violate: Violate,
): void {
  const allowed = new Map<string, Set<Attributes | null>>();
  for (const version of bucket.versions) {
    const id = importId(version.object);
    const isDone = byId.get(id)?.status === 'done';
    const entry = history.of(id);
    for (const [index, { key, item }] of version.file.rows.entries()) {
      if (item === null) continue;
      const before = allowed.get(key) ?? new Set([null]);
      const { lastOfKey, lastRefused } = version.file;
      const last = lastOfKey.get(key);
      const isLastSettled = last !== undefined && (isDone || isSettled(entry, last));
      if (isLastSettled && (lastRefused.get(key) ?? -1) < index) allowed.set(key, new Set([item]));
      else allowed.set(key, before.add(item));
    }
  }
  for (const [key, choices] of allowed) {
    const item = items.get(key) ?? null;
    if (![...choices].some((choice) => isDeepStrictEqual(choice, item))) {
      violate(
        'table-is-fold',
        `key ${key} holds ${JSON.stringify(item)}, and should hold ${JSON.stringify([...choices])}`,
      );
    }
  }
  for (const key of items.keys()) {
    if (!allowed.has(key)) violate('table-is-fold', `key ${key} is in no file`);
  }
}
