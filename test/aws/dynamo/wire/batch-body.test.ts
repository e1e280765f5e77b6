import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchBodies } from '../../../../src/aws/dynamo/wire/batch-body.ts';
import { type Item, texts } from '../../../conformance/table-suite.ts';

function expectedBody(table: string, items: readonly Item[]) {
  return {
    RequestItems: { [table]: items.map((item) => ({ PutRequest: { Item: item } })) },
    ReturnConsumedCapacity: 'TOTAL',
  };
}

describe('batchBodies', () => {
  it('puts together what the SDK would send, also from memory that was used before', () => {
    const bodies = batchBodies('some "table"', 2);
    const item = fc.record({ id: fc.record({ S: fc.string({ unit: 'binary', maxLength: 3000 }) }) });
    const batches = fc.array(fc.array(item, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(batches, fc.boolean(), (batches, release) => {
        const assembled = batches.map((items) => bodies.assemble(texts(items)));
        for (const [index, body] of assembled.entries()) {
          expect(JSON.parse(body.toString())).toEqual(expectedBody('some "table"', batches[index]!));
        }
        if (release) for (const body of assembled) bodies.release(body);
      }),
    );
  });

  it('gives memory that came back to the next batch, and to one batch only', () => {
    const bodies = batchBodies('t', 2);
    const items = texts([{ id: { S: 'a' } }]);
    const used = bodies.assemble(items);
    bodies.release(used);
    expect(bodies.assemble(items).buffer).toBe(used.buffer);
    expect(bodies.assemble(items).buffer).not.toBe(used.buffer);
  });

  it('keeps no more than it is told, and no large ones', () => {
    const bodies = batchBodies('t', 1);
    const small = texts([{ id: { S: 'a' } }]);
    const large = bodies.assemble(texts([{ id: { S: 'x'.repeat(300_000) } }]));
    const [first, second] = [bodies.assemble(small), bodies.assemble(small)];
    for (const body of [large, first, second]) bodies.release(body);
    expect(bodies.assemble(small).buffer).toBe(first.buffer);
    expect([large.buffer, second.buffer]).not.toContain(bodies.assemble(small).buffer);
  });
});
