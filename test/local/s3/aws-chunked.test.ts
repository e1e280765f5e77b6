import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeAwsChunked } from '../../../local/s3/aws-chunked.ts';

test('data and trailers are the same for any split of the body', async () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 5 });
  const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(chunks, cuts, fc.boolean(), fc.boolean(), async (chunks, cuts, isSigned, hasTrailer) => {
      const body = encode(chunks, isSigned, hasTrailer);
      const trailers = new Map<string, string>();
      const decoded = await collect(decodeAwsChunked(cut(body, cuts), trailers));
      expect(decoded.equals(Buffer.concat(chunks))).toBe(true);
      expect([...trailers]).toEqual(hasTrailer ? [['x-amz-checksum-crc32', 'AAAAAA==']] : []);
    }),
  );
});

test.each([
  ['a chunk that breaks off', '5\r\nabc', 'IncompleteBody'],
  ['a missing last chunk', '3\r\nabc\r\n', 'IncompleteBody'],
  ['a body that is not chunked', 'id,name\r\n1,Ada\r\n', 'InvalidRequest'],
  ['a chunk longer than its size', '2\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
  ['a line without an end', 'f'.repeat(9000), 'InvalidRequest'],
  ['a trailer that is none', '0\r\nnonsense\r\n\r\n', 'InvalidRequest'],
])('%s is refused', async (_what, body, code) => {
  await expect(collect(decodeAwsChunked(cut(Buffer.from(body), [7]), new Map()))).rejects.toMatchObject({
    status: 400,
    code,
  });
});

function encode(chunks: readonly Uint8Array[], isSigned: boolean, hasTrailer: boolean): Buffer {
  const signature = isSigned ? `;chunk-signature=${'a'.repeat(64)}` : '';
  const parts = [...chunks, Buffer.alloc(0)].flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}${signature}\r\n`),
    chunk,
    Buffer.from(chunk.length === 0 ? '' : '\r\n'),
  ]);
  const trailer = hasTrailer ? 'x-amz-checksum-crc32:AAAAAA==\r\n' : '';
  return Buffer.concat([...parts, Buffer.from(`${trailer}\r\n`)]);
}

async function* cut(body: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let start = 0, i = 0; start < body.length; i++) {
    const end = start + sizes[i % sizes.length]!;
    yield body.subarray(start, end);
    start = end;
  }
}

async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const collected: Buffer[] = [];
  for await (const piece of pieces) collected.push(piece);
  return Buffer.concat(collected);
}
