import type { Refusal } from '../endpoint/refusal.ts';
import type { Bucket } from './bucket.ts';
import type { ObjectCreation } from './event.ts';
import type { S3Request } from './request.ts';
import type { BucketStore } from './store.ts';
import type { Version } from './version.ts';
import { type XmlContent, writeXml } from './xml.ts';

/** The answer of an operation. A file is sent from `path`, the bytes [startBytes, endBytes). */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FileRange | null;
};

export type FileRange = { readonly path: string; readonly startBytes: number; readonly endBytes: number };

/** What an operation works on. */
export type Call = {
  readonly request: S3Request;
  readonly store: BucketStore;
  readonly region: string;
  readonly now: () => number;
  /** Reports a created object. */
  readonly created: (creation: ObjectCreation, bucket: Bucket, key: string, version: Version) => void;
};

export type Operation = (call: Call) => Promise<Answer>;

export function xml(root: string, content: XmlContent): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: writeXml(root, content) };
}

export function empty(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: null };
}

/** The bucket that the request names. Throws `NoSuchBucket`. */
export function bucketOf({ request, store }: Call): Bucket {
  return store.get(request.bucket ?? '');
}

export function keyOf({ request }: Call): string {
  return request.key ?? '';
}

/** S3's error document ('Error responses'). */
export function refused(
  { status, code, message, details }: Refusal,
  resource: string,
  requestId: string,
): Answer {
  const content = { Code: code, Message: message, ...details, Resource: resource, RequestId: requestId };
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: status === 304 ? null : writeXml('Error', content, false),
  };
}
