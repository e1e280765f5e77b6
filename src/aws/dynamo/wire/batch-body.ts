import type { Operation } from '../../../core/ports.ts';

/** Buffers larger than this are left to the garbage collector: kept, they would hold memory for the rare large batch. */
const MAX_KEPT_BYTES = 256 * 1024;
const MIN_BYTES = 16 * 1024;

export type BatchBodies = {
  /** A BatchWriteItem request's body, put together from at least one operation by copying. */
  assemble(operations: readonly Operation[]): Buffer;
  /** Gives a body's memory back. Only for bodies that the server has read to the end. */
  release(body: Buffer): void;
};

/** `keep`: how many buffers wait for their next use at most. */
export function batchBodies(table: string, keep: number): BatchBodies {
  const opening = Buffer.from(`{"RequestItems":{${JSON.stringify(table)}:[{"PutRequest":{"Item":`);
  const between = Buffer.from('}},{"PutRequest":{"Item":');
  const closing = Buffer.from('}}]},"ReturnConsumedCapacity":"TOTAL"}');
  const perBatch = opening.length + closing.length;
  const kept: Buffer[] = [];

  return { assemble, release };

  function assemble(operations: readonly Operation[]): Buffer {
    let sizeBytes = perBatch + (operations.length - 1) * between.length;
    for (const { start, end } of operations) sizeBytes += end - start;
    const buffer = take(sizeBytes);
    buffer.set(opening);
    let at = opening.length;
    for (let index = 0; index < operations.length; index++) {
      const { bytes, start, end } = operations[index]!;
      if (index > 0) {
        buffer.set(between, at);
        at += between.length;
      }
      buffer.set(bytes.subarray(start, end), at);
      at += end - start;
    }
    buffer.set(closing, at);
    return buffer.subarray(0, at + closing.length);
  }

  function take(sizeBytes: number): Buffer {
    const last = kept.pop();
    if (last !== undefined && last.length >= sizeBytes) return last;
    let capacity = MIN_BYTES;
    while (capacity < sizeBytes) capacity *= 2;
    return Buffer.allocUnsafeSlow(capacity > MAX_KEPT_BYTES ? sizeBytes : capacity);
  }

  function release(body: Buffer): void {
    const whole = body.buffer;
    if (whole.byteLength <= MAX_KEPT_BYTES && kept.length < keep) kept.push(Buffer.from(whole));
  }
}
