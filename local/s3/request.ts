import type { IncomingMessage } from 'node:http';
import { readBody } from '../endpoint/request-body.ts';
import { refusal } from '../endpoint/refusal.ts';

/** A request as S3 reads it. */
export type S3Request = {
  readonly method: string;
  /** Null: the request is about the service. */
  readonly bucket: string | null;
  /** Null: the request is about the bucket. */
  readonly key: string | null;
  readonly query: URLSearchParams;
  header(name: string): string | null;
  headerEntries(): [string, string][];
  /** The body as it arrives; ending the iteration early leaves the connection open. */
  readonly body: AsyncIterable<Buffer>;
  /** The whole body, of a request that carries a small document. */
  text(): Promise<string>;
};

/** 'Object key naming guidelines': the UTF-8 encoding of a key is at most 1,024 bytes long. */
const keyLimitBytes = 1024;

/** A deletion of 1,000 keys of 1,024 bytes, each byte written as a reference, is the largest that S3 accepts. */
const documentLimitBytes = 8 * 1024 * 1024;

/** Path style (`/BUCKET/KEY`), and virtual-host style (`BUCKET.localhost`, `BUCKET.s3.localhost`). */
export function parseS3Request(incoming: IncomingMessage): S3Request {
  // Not with URL, which would resolve the dots in '/bucket/a/../b': in S3 that is a normal key.
  const [rawPath, rawQuery] = splitAt(incoming.url ?? '/', '?');
  const path = rawPath.replace(/^\//, '');
  const hostBucket = bucketOfHost(incoming.headers.host ?? '');
  const [bucket, key] = hostBucket === null ? splitAt(path, '/') : [hostBucket, path];
  const header = (name: string): string | null => {
    const value = incoming.headers[name];
    return (Array.isArray(value) ? value.join(', ') : value) ?? null;
  };
  return {
    method: incoming.method ?? 'GET',
    bucket: bucket === '' ? null : decode(bucket),
    key: key === undefined || key === '' ? null : checkKey(decode(key)),
    query: new URLSearchParams(rawQuery),
    header,
    headerEntries: () => Object.keys(incoming.headers).map((name) => [name, header(name) ?? '']),
    body: incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>,
    text: async () => (await readBody(incoming, documentLimitBytes)).toString(),
  };
}

/** `/BUCKET/KEY` or `BUCKET/KEY`, percent-encoded, with or without `?versionId=`: the source of a copy. */
export function parseCopySource(text: string): { bucket: string; key: string; versionId: string | null } {
  const [path, rawQuery = ''] = splitAt(text, '?');
  // Some clients also encode the slash after the bucket's name.
  const [bucket, key = ''] = splitAt(decode(path).replace(/^\//, ''), '/');
  if (bucket === '' || key === '') {
    throw refusal(
      400,
      'InvalidArgument',
      `Copy Source must mention the source bucket and key, not '${text}'.`,
    );
  }
  return { bucket, key, versionId: new URLSearchParams(rawQuery).get('versionId') };
}

function splitAt(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function bucketOfHost(host: string): string | null {
  const name = /^(.+?)\.(?:s3\.(?:[a-z0-9-]+\.)?)?localhost(?::\d+)?$/.exec(host)?.[1];
  return name === undefined || name === 's3' ? null : name;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refusal(400, 'InvalidURI', `Couldn't parse the specified URI: '${text}' is not URL-encoded UTF-8.`);
  }
}

function checkKey(key: string): string {
  if (Buffer.byteLength(key) > keyLimitBytes) throw refusal(400, 'KeyTooLongError', 'Your key is too long');
  return key;
}
