import type { WriteOutcome } from '../../src/core/ports.ts';
import type { Attributes } from '../item.ts';

/** Row numbers; those that the table holds back are in brackets. */
export function describeWrite(items: readonly Attributes[], outcome: WriteOutcome): string {
  const held = new Set(outcome.held);
  const rows = items.map((item, index) => {
    const row = String(item['mark']?.['S']).replace(/.*\//, '');
    return held.has(index) ? `(${row})` : row;
  });
  if (outcome.refused !== undefined) return `rows ${rows.join(' ')} → refused`;
  return `rows ${rows.join(' ')} → ${outcome.reason ?? 'written'}`;
}

const TOLD = new Set([
  'kind',
  'status',
  'takenOver',
  'isNew',
  'epoch',
  'offsetBytes',
  'line',
  'code',
  'importId',
]);
const TOLD_WITHIN = new Set(['record', 'chunk', 'checkpoint', 'failure', 'lease']);

/** A short text of a parameter or an answer, for the trace. */
export function brief(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value))
    return value.length > 3 ? `${value.length} of them` : `[${value.map(brief).join(' ')}]`;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  const parts: string[] = [];
  for (const [name, part] of Object.entries(value)) {
    if (TOLD.has(name)) parts.push(typeof part === 'string' ? part : `${name} ${JSON.stringify(part)}`);
    else if (TOLD_WITHIN.has(name) && typeof part === 'object') parts.push(brief(part));
    else if (name === 'counts') parts.push(Object.values(part as object).join('/'));
  }
  return parts.filter((part) => part !== '').join(' ');
}
