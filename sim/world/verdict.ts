import { isDeepStrictEqual } from 'node:util';
import type { ErrorCode } from '../../src/core/errors.ts';
import { hasEnded, importId, type ImportRecord } from '../../src/core/imports/import.ts';
import type { Attributes } from '../item.ts';
import type { Bucket, Version } from './bucket.ts';
import { chunkAt, type History, type ImportHistory } from './history.ts';
import type { Plan } from './plan.ts';
import type { Violate } from './violation.ts';

/** The state of the world when it has come to rest. */
export type Remains = {
  readonly bucket: Bucket;
  readonly history: History;
  readonly plan: Plan;
  readonly items: ReadonlyMap<string, Attributes>;
  readonly records: readonly ImportRecord[];
};

/** Judges the end: each import has the right status, and table and rejects match the files. */
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
    if (hasEnded(record.status) && !history.of(record.id).endsReported.has(record.status))
      violate('end-reported', `${version.name} is ${record.status}, and no event has reported it`);
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
    violate('import-ends', `${name} is ${status}, and the world is at rest`);
    return;
  }
  const isNewest = bucket.versions.findLast((other) => other.object.key === object.key) === version;
  if (status === 'superseded') {
    if (plan.inOrder && plan.versioned)
      violate('files-in-order', `${name} is superseded: each version has its turn`);
    if (isNewest) violate('newest-wins', `${name} is the newest version, and superseded`);
    return;
  }
  const code = failure?.code ?? null;
  const allowed = endings(version, plan.maxRejects ?? Infinity);
  if (bucket.lost.has(version)) allowed.push('object-gone', 'object-changed');
  // Its event, or the retry of an `accept` that failed, came late.
  if (plan.inOrder && plan.calmMs > 0) allowed.push('arrived-late');
  if (!allowed.includes(code)) {
    violate(
      'import-ends',
      `${name} has ended as ${status} (${code ?? 'no failure'}: ${failure?.reason ?? ''})`,
    );
  }
}

/** The error codes with which the import may end; null: it may be done. A row that the table refuses is a reject unless a later row supersedes it. */
function endings({ file }: Version, maxRejects: number): (ErrorCode | null)[] {
  if (file.mark === '') return [file.body.length === 0 ? 'empty-file' : 'key-column-missing'];
  const refused = file.rows.filter(({ reject }) => reject !== null);
  const most = refused.length;
  const least = refused.filter(({ reject }) => reject !== 'refused-by-table').length;
  if (least > maxRejects) return ['too-many-rejects'];
  // The share of rejects is not checked in files of a few rows.
  const mostByShare = file.rows.length < 20 ? Infinity : file.rows.length / 2;
  const codes: (ErrorCode | null)[] = [];
  if (most === 0 || (least <= mostByShare && most < file.rows.length)) codes.push(null);
  if (most > Math.min(maxRejects, mostByShare)) codes.push('too-many-rejects');
  if (most > 0 && file.lastOfKey.size === 0) codes.push('nothing-loaded');
  return codes;
}

/** Each reject has the expected code, and each settled row that Sluice refuses is in the rejects. Duplicates are checked at each write. */
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
    violate('rejects-once', `rejects of lines that ${name} does not have: ${[...found.keys()].join(' ')}`);
}

function isSettled(entry: ImportHistory, index: number): boolean {
  const { startBytes } = entry.version.file.rows[index]!;
  const chunk = chunkAt(entry, startBytes);
  return chunk !== undefined && startBytes < chunk.offsetBytes;
}

/**
 * The items that the table may hold under a key, for each version of the object in turn:
 * - an import that is done leaves the file's last row with the key, or the previous item if the file does not have the key;
 * - one that ended early (superseded, failed) leaves the same for keys that no row after its checkpoint has; for other keys the
 *   previous item, or any row with the key.
 * Earlier rows count as superseded by a row that the table refuses, and may or may not have been written. Files with different
 * names have no key in common.
 */
function judgeTable(
  { bucket, items, history }: Remains,
  byId: ReadonlyMap<string, ImportRecord>,
  violate: Violate,
): void {
  const allowed = new Map<string, Set<Attributes | null>>();
  for (const version of bucket.versions) {
    const id = importId(version.object);
    const record = byId.get(id);
    const isDone = record?.status === 'done';
    if (record?.failure?.code === 'arrived-late') continue;
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
        'table-equals-files',
        `key ${key} holds ${JSON.stringify(item)}, and should hold ${JSON.stringify([...choices])}`,
      );
    }
  }
  for (const key of items.keys()) {
    if (!allowed.has(key)) violate('table-equals-files', `key ${key} is in no file`);
  }
}
