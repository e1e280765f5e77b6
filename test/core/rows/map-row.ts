import * as cel from '@marcbachmann/cel-js';
import { expect } from 'vitest';
import { createRecordReader } from '../../../src/core/csv/record-reader.ts';
import { type Dataset, parseDataset } from '../../../src/core/dataset/dataset.ts';
import type { Fault } from '../../../src/core/fault.ts';
import { compileMapping } from '../../../src/core/rows/compile-mapping.ts';
import { type Mapping, MAPPED, SKIPPED } from '../../../src/core/rows/mapping.ts';
import type { Transform } from '../../../src/core/rows/transform/transformer.ts';
import { SPARE_BYTES } from '../../../src/core/types/words.ts';
import type { WritePlan } from '../../../src/core/write-plan.ts';

export const FACTS = { file: 'people/a.csv', importId: 'i1', importedAt: '2026-01-02T03:04:05.678Z' };

/** An item that a row made. */
export type Made = {
  item: Record<string, unknown>;
  /** The text of the key. */
  key: string;
  sizeBytes: number;
  units: number;
  keyHash: number;
  partitionHash: number;
  plan: WritePlan;
};

/** What becomes of a row: its items, or why it has none. */
export type Outcome = { items: Made[]; faults?: readonly Fault[]; isSkipped?: true };

const bytesOf = (text: string | Uint8Array) =>
  typeof text === 'string' ? new TextEncoder().encode(text) : text;

/** A mapping for a document and a header. */
export function mappingOf(
  document: object | Dataset,
  header: readonly string[],
  transform: Transform | null = null,
): { dataset: Dataset; mapping: Mapping } {
  const isResolved = 'digest' in document;
  const base = { source: { prefix: 'people/' }, table: { partition_key: 'id' } };
  const whole = transform === null ? document : { ...document, transform: './t.ts' };
  const dataset = isResolved ? document : parseDataset('people', { ...base, ...whole }, 'code');
  return {
    dataset,
    mapping: compileMapping(dataset, header, { facts: FACTS, libraries: { cel }, transform }),
  };
}

/** Maps every record of `rows`. The arena begins with other bytes, and moves with each call. */
export function mapRows(
  document: object | Dataset,
  header: readonly string[],
  rows: string | Uint8Array,
  transform: Transform | null = null,
): Outcome[] {
  const { dataset, mapping } = mappingOf(document, header, transform);
  const content = bytesOf(rows);
  const bytes = new Uint8Array(content.length + SPARE_BYTES);
  bytes.set(content);
  const reader = createRecordReader(dataset.format);
  reader.open(bytes, 0, content.length, true);
  const outcomes: Outcome[] = [];
  for (let line = 2; reader.next(); line += reader.lines) {
    let arena = new Uint8Array(7).fill(0x78);
    const room = {
      used: 7,
      reserve: (needed: number) => {
        const larger = new Uint8Array(needed + 7);
        larger.set(arena.subarray(0, 7));
        return (arena = larger);
      },
    };
    const result = mapping.map(reader, bytes, room, line);
    if (result === SKIPPED) outcomes.push({ items: [], isSkipped: true });
    else if (result !== MAPPED) outcomes.push({ items: [], faults: mapping.faults });
    else outcomes.push({ items: madeItems(mapping, arena) });
  }
  return outcomes;
}

function madeItems(mapping: Mapping, arena: Uint8Array): Made[] {
  let from = 7;
  return mapping.items.slice(0, mapping.itemCount).map((made) => {
    const { start, keyEnd, end, sizeBytes, units, keyHash, partitionHash } = made;
    expect(start).toBe(from);
    expect(end).toBeLessThanOrEqual(arena.length);
    from = end;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(arena.subarray(start, end));
    const key = new TextDecoder().decode(arena.subarray(start, keyEnd));
    const item = JSON.parse(text) as Record<string, unknown>;
    return { item, key, sizeBytes, units, keyHash, partitionHash, plan: mapping.plans[made.plan]! };
  });
}

/** Maps one row. */
export function mapRow(
  document: object,
  header: readonly string[],
  row: string | Uint8Array,
  transform: Transform | null = null,
): Outcome {
  const outcomes = mapRows(document, header, row, transform);
  expect(outcomes).toHaveLength(1);
  return outcomes[0]!;
}

/** The only item of a row. */
export function itemOf(
  document: object,
  header: readonly string[],
  row: string | Uint8Array,
): Record<string, unknown> {
  const { items, faults } = mapRow(document, header, row);
  expect(faults).toBeUndefined();
  expect(items).toHaveLength(1);
  return items[0]!.item;
}

export function faultsOf(
  document: object,
  header: readonly string[],
  row: string | Uint8Array,
): readonly Fault[] {
  return mapRow(document, header, row).faults ?? [];
}
