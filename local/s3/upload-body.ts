import { refusal } from '../endpoint/refusal.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import { type ChecksumName, type Checksums, checksumNameOf } from './checksum.ts';
import { type Received, checkChecksums, receiveFile } from './receive.ts';
import type { S3Request } from './request.ts';

/**
 * Writes the body of a `PutObject` or `UploadPart` to a new file: plain or aws-chunked, verified against the client's
 * values (length, MD5, SHA-256 of the signature, checksums in headers or trailers).
 * Returns size, MD5, and the checksums that the client gave.
 */
export async function receiveUpload(path: string, request: S3Request): Promise<Received> {
  const contentSha256 = request.header('x-amz-content-sha256') ?? '';
  const trailers = new Map<string, string>();
  const body = contentSha256.startsWith('STREAMING-')
    ? decodeAwsChunked(request.body, trailers)
    : request.body;
  const inHeaders = givenChecksums(request.headerEntries());
  const inTrailer = checksumNameOf(request.header('x-amz-trailer') ?? '');
  const sha256 = /^[0-9a-f]{64}$/.test(contentSha256) ? contentSha256 : null;
  const names = new Set<ChecksumName>(Object.keys(inHeaders) as ChecksumName[]);
  if (inTrailer !== null) names.add(inTrailer);

  const received = await receiveFile(
    path,
    body,
    [...names, ...(sha256 ? (['sha256'] as const) : [])],
    (got) => {
      checkLength(request, got.sizeBytes);
      checkMd5(request, got.md5);
      checkSha256(sha256, got.checksums.sha256);
      const trailing = givenChecksums([...trailers]);
      if (inTrailer !== null && trailing[inTrailer] === undefined) {
        throw refusal(
          400,
          'MalformedTrailerError',
          `The body lacks the trailer x-amz-checksum-${inTrailer}.`,
        );
      }
      checkChecksums({ ...inHeaders, ...trailing }, got.checksums);
    },
  );
  const checksums = Object.fromEntries([...names].map((name) => [name, received.checksums[name]!]));
  return { ...received, checksums };
}

export function givenChecksums(entries: Iterable<readonly [string, string]>): Checksums {
  const given: { [name in ChecksumName]?: string } = {};
  for (const [header, value] of entries) {
    const name = checksumNameOf(header);
    if (name !== null) given[name] = value;
  }
  return given;
}

function checkLength(request: S3Request, sizeBytes: number): void {
  const expected = request.header('x-amz-decoded-content-length');
  if (expected === null || Number(expected) === sizeBytes) return;
  throw refusal(400, 'IncompleteBody', `The body has ${sizeBytes} bytes, its header says ${expected}.`);
}

function checkMd5(request: S3Request, md5: string): void {
  const given = request.header('content-md5');
  if (given === null) return;
  const hex = Buffer.from(given, 'base64').toString('hex');
  if (hex.length !== 32) throw refusal(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.');
  if (hex !== md5) {
    throw refusal(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
}

function checkSha256(given: string | null, received: string | undefined): void {
  if (given === null || received === undefined) return;
  if (Buffer.from(received, 'base64').toString('hex') === given) return;
  throw refusal(
    400,
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}
