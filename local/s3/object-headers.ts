import { refusal } from '../endpoint/refusal.ts';
import type { ChecksumName } from './checksum.ts';
import type { S3Request } from './request.ts';
import { type Version, nullVersionId } from './version.ts';

const systemHeaders = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]);

/**
 * `response-content-type` and similar parameters, with which a client overrides headers of the answer ('GetObject'). Only these six:
 * otherwise a URL could override the headers that protect a browser from an object.
 */
export const overrides: readonly string[] = [...systemHeaders].map((name) => `response-${name}`);

/** Headers of features that this stack lacks. They are refused instead of ignored. */
const unknownHeaders = [
  'x-amz-acl',
  'x-amz-grant-',
  'x-amz-object-lock-',
  'x-amz-server-side-encryption',
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  'x-amz-write-offset-bytes',
];

/** The headers that are stored with an object and returned with it. */
export function keptHeaders(request: S3Request): Record<string, string> {
  const kept = request
    .headerEntries()
    .filter(([name]) => systemHeaders.has(name) || name.startsWith('x-amz-meta-'))
    .map(([name, value]): [string, string] => [
      name,
      name === 'content-encoding' ? storedEncoding(value) : value,
    ]);
  return {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(kept.filter(([, value]) => value !== '')),
  };
}

/** Throws `NotImplemented`. */
export function checkHeaders(request: S3Request): void {
  for (const [name, value] of request.headerEntries()) {
    if (!unknownHeaders.some((unknown) => name.startsWith(unknown))) continue;
    throw refusal(501, 'NotImplemented', `The local stack does not support the header ${name} (${value}).`, {
      Header: name,
    });
  }
}

/** `aws-chunked` is the encoding of the transfer, not of the object. */
function storedEncoding(value: string): string {
  return value
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== 'aws-chunked')
    .join(', ');
}

/** The headers of an object's answer, except its length. */
export function objectHeaders(version: Version): Record<string, string> {
  return {
    ...version.headers,
    'accept-ranges': 'bytes',
    etag: `"${version.etag}"`,
    'last-modified': new Date(version.lastModifiedMs).toUTCString(),
    ...versionHeader(version),
  };
}

/** Throws `InvalidArgument` for a value that no header can have. */
export function overrideHeaders(query: URLSearchParams): Record<string, string> {
  const wishes = overrides.flatMap((name): [string, string][] => {
    const value = query.get(name);
    return value === null ? [] : [[name, value]];
  });
  for (const [name, value] of wishes) {
    if (/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) continue;
    throw refusal(400, 'InvalidArgument', `${name} has a character that a header cannot hold.`);
  }
  return Object.fromEntries(wishes.map(([name, value]) => [name.slice('response-'.length), value]));
}

export function versionHeader({ versionId }: Version): Record<string, string> {
  return versionId === nullVersionId ? {} : { 'x-amz-version-id': versionId };
}

export function checksumHeaders({ checksums }: Pick<Version, 'checksums'>): Record<string, string> {
  const entries = Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value ?? '']);
  return entries.length === 0
    ? {}
    : { ...(Object.fromEntries(entries) as Record<string, string>), 'x-amz-checksum-type': 'FULL_OBJECT' };
}

/** As elements of XML documents: `ChecksumCRC32` … */
export function checksumElements({ checksums }: Pick<Version, 'checksums'>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(checksums).map(([name, value]) => [checksumElement(name as ChecksumName), value ?? '']),
  );
}

export function checksumElement(name: ChecksumName): string {
  return `Checksum${name.toUpperCase()}`;
}
