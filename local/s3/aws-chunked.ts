import { refusal } from '../endpoint/refusal.ts';

/** A chunk's header is its size and 64 digits of signature; trailers are a checksum and a signature. */
const lineLimitBytes = 4096;

/**
 * Decodes the `aws-chunked` encoding of a body: `SIZE[;chunk-signature=…]CRLF DATA CRLF … 0[;…]CRLF [NAME:VALUE CRLF …] CRLF`
 * ('Signature calculations for trailing headers (chunked uploads)', Amazon S3 API Reference). Yields the data as it arrives;
 * trailers are put into `trailers`, by lower-case name, before the last step. Signatures are not verified.
 *
 * Throws a refusal for a body that is not coded so, or ends before its last chunk.
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const input = createInput(body);
  for (;;) {
    const sizeBytes = parseSize(await input.readLine());
    if (sizeBytes === 0) break;
    yield* input.readData(sizeBytes);
    if ((await input.readLine()) !== '') throw malformed('a chunk is longer than its size');
  }
  for (let line = await input.readLastLines(); line !== ''; line = await input.readLastLines()) {
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed(`'${line.slice(0, 100)}' is not a trailer`);
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

function parseSize(line: string): number {
  const digits = /^([0-9a-fA-F]{1,10})(;.*)?$/.exec(line)?.[1];
  if (digits === undefined) throw malformed(`'${line.slice(0, 100)}' is not a chunk's size`);
  return Number.parseInt(digits, 16);
}

function createInput(body: AsyncIterable<Buffer>) {
  const iterator = body[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  /** Returns whether more bytes have arrived. */
  const fill = async (): Promise<boolean> => {
    const { done, value } = await iterator.next();
    if (done) return false;
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
    return true;
  };
  const lineOrEnd = async (): Promise<string | null> => {
    let end = rest.indexOf('\r\n');
    while (end < 0) {
      if (rest.length > lineLimitBytes) throw malformed('a line is too long');
      if (!(await fill())) return null;
      end = rest.indexOf('\r\n');
    }
    const line = rest.toString('latin1', 0, end);
    rest = rest.subarray(end + 2);
    return line;
  };

  return {
    async readLine(): Promise<string> {
      const line = await lineOrEnd();
      if (line === null) throw refusal(400, 'IncompleteBody', 'The body ends within a chunk.');
      return line;
    },
    /** Some clients leave out the empty line at the very end. */
    readLastLines: async (): Promise<string> => (await lineOrEnd()) ?? '',
    async *readData(sizeBytes: number): AsyncGenerator<Buffer> {
      let leftBytes = sizeBytes;
      while (leftBytes > 0) {
        if (rest.length === 0 && !(await fill())) {
          throw refusal(400, 'IncompleteBody', 'The body ends within a chunk.');
        }
        const piece = rest.subarray(0, leftBytes);
        rest = rest.subarray(piece.length);
        leftBytes -= piece.length;
        yield piece;
      }
    },
  };
}

function malformed(problem: string): Error {
  return refusal(400, 'InvalidRequest', `The body is not aws-chunked: ${problem}.`);
}
