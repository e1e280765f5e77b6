import type { Operation } from '../src/core/ports.ts';
import { PLAIN_PUT, type WritePlan } from '../src/core/write-plan.ts';

const encoder = new TextEncoder();

/** An operation of the item, whose first `keyCount` members are its key. */
export function operationOf(item: object, keyCount: number, plan: WritePlan = PLAIN_PUT): Operation {
  const bytes = encoder.encode(JSON.stringify(item));
  const key = Object.fromEntries(Object.entries(item).slice(0, keyCount));
  const keyEnd = encoder.encode(JSON.stringify(key)).length - 1;
  return { ...plan, bytes, start: 0, keyEnd, end: bytes.length };
}

/** A copy: an operation's text is valid only during the call. */
export function copyOf(operation: Operation): Operation {
  const { bytes, start, keyEnd, end } = operation;
  return { ...operation, bytes: bytes.slice(start, end), start: 0, keyEnd: keyEnd - start, end: end - start };
}
