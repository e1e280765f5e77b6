import type { Readable } from 'node:stream';
import { refusal } from './refusal.ts';

/** Reads a request's body, up to a limit, into memory. The connection stays open, so that an answer can be sent. */
export async function readBody(request: Readable, limitBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    sizeBytes += (piece as Buffer).length;
    if (sizeBytes > limitBytes) {
      throw refusal(413, 'RequestEntityTooLarge', `The request's body is larger than ${limitBytes} bytes.`);
    }
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces);
}
