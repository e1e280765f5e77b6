import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { s3Results } from '../../../src/aws/s3/s3-results.ts';
import { s3Source } from '../../../src/aws/s3/s3-source.ts';
import { SluiceError } from '../../../src/core/errors.ts';
import type { Clock, Results, Source } from '../../../src/core/ports.ts';
import type { Bucket, ObjectVersion } from '../bucket.ts';
import { CLIENT, type SdkAnswer, sdkHandler, type SdkRequest } from './sdk-handler.ts';

/** The source's real adapter over S3's GetObject. `request` sends a piece through the network; if it throws, the stream breaks. */
export function sourceOverWire(options: {
  readonly clock: Clock;
  readonly bucket: Bucket;
  readonly pieceBytes: number;
  readonly request: <T>(effect: () => T) => Promise<T>;
}): Source {
  const { bucket, pieceBytes, request } = options;
  const client = new S3Client({ ...CLIENT, forcePathStyle: true, requestHandler: sdkHandler(get) });
  return s3Source({ client, clock: options.clock });

  async function get({ path, query, headers }: SdkRequest): Promise<SdkAnswer> {
    const [, name = '', ...key] = path.split('/');
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? [];
    if (first === undefined || last === undefined)
      throw new Error(`Not the range of a loader: ${headers['range']}`);
    const object = {
      bucket: name,
      key: decodeURIComponent(key.join('/')),
      versionId: query['versionId'] ?? null,
      etag: (headers['if-match'] ?? '').replaceAll('"', ''),
    };
    const start = Number(first);
    const end = Number(last) + 1;
    let size: number;
    try {
      size = (await request(() => bucket.read(object, 0, Infinity))).length;
    } catch (error) {
      const refusal = error instanceof SluiceError ? REFUSALS[error.code] : undefined;
      if (refusal === undefined) throw error;
      return refused(...refusal);
    }
    return {
      status: 206,
      headers: {
        etag: `"${object.etag}"`,
        'content-range': `bytes ${start}-${Math.min(end, size) - 1}/${size}`,
        'content-length': String(Math.min(end, size) - start),
      },
      body: Readable.from(pieces(object, start, Math.min(end, size)), { objectMode: false }),
    };
  }

  /** S3 sends an answer that it has begun to the end, even if the object changes. */
  async function* pieces(object: ObjectVersion, start: number, end: number): AsyncGenerator<Uint8Array> {
    const body = bucket.read(object, start, end);
    for (let at = 0; at < body.length; at += pieceBytes)
      yield await request(() => body.slice(at, at + pieceBytes));
  }
}

/** The real adapter of results over S3's PutObject. */
export function resultsOverWire(put: (name: string, body: Uint8Array) => Promise<unknown>): Results {
  const client = new S3Client({
    ...CLIENT,
    forcePathStyle: true,
    requestHandler: sdkHandler(async ({ path, body }) => {
      await put(decodeURIComponent(path.slice('/results/'.length)), body);
      return { status: 200, headers: { etag: '"e"' }, body: '' };
    }),
  });
  return s3Results({ client, bucket: 'results' });
}

const REFUSALS: Readonly<Partial<Record<string, [number, string]>>> = {
  'object-gone': [404, 'NoSuchKey'],
  'object-changed': [412, 'PreconditionFailed'],
};

function refused(status: number, code: string): SdkAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
