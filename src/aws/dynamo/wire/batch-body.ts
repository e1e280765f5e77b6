import type { Operation } from '../../../core/ports.ts';

/** Buffers larger than this are left to the garbage collector: kept, they would hold memory for the rare large batch. */
const MAX_KEPT_BYTES = 256 * 1024;
const MIN_BYTES = 16 * 1024;

export type BatchBodies = {
  /** A BatchWriteItem request's body, put together from at least one plain put or delete by copying. */
  assemble(operations: readonly Operation[]): Buffer;
  /** Gives a body's memory back. Only for bodies that the server has read to the end. */
  release(body: Buffer): void;
};

const PUT = Buffer.from('{"PutRequest":{"Item":');
const PUT_END = Buffer.from('}}');
const DELETE = Buffer.from('{"DeleteRequest":{"Key":');
/** The text of a deleted item ends with its key: the brace of the key comes first. */
const DELETE_END = Buffer.from('}}}');
const COMMA = 0x2c;

/** `keep`: how many buffers wait for their next use at most. */
export function batchBodies(table: string, keep: number): BatchBodies {
  const opening = Buffer.from(`{"RequestItems":{${JSON.stringify(table)}:[`);
  const closing = Buffer.from(']},"ReturnConsumedCapacity":"TOTAL"}');
  const perBatch = opening.length + closing.length;
  const perItem = 1 + Math.max(PUT.length + PUT_END.length, DELETE.length + DELETE_END.length);
  const kept: Buffer[] = [];

  return { assemble, release };

  function assemble(operations: readonly Operation[]): Buffer {
    let mostBytes = perBatch + operations.length * perItem;
    for (const { start, end } of operations) mostBytes += end - start;
    const buffer = take(mostBytes);
    buffer.set(opening);
    let at = opening.length;
    for (let index = 0; index < operations.length; index++) {
      const { bytes, start, keyEnd, end, kind } = operations[index]!;
      const isDelete = kind === 'delete';
      const head = isDelete ? DELETE : PUT;
      const tail = isDelete ? DELETE_END : PUT_END;
      const stop = isDelete ? keyEnd : end;
      if (index > 0) buffer[at++] = COMMA;
      buffer.set(head, at);
      at += head.length;
      buffer.set(bytes.subarray(start, stop), at);
      at += stop - start;
      buffer.set(tail, at);
      at += tail.length;
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
