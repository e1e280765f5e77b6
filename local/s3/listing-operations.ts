import { refusal } from '../endpoint/refusal.ts';
import { type Answer, type Call, bucketOf, xml } from './answer.ts';
import { type Bucket, currentObject } from './bucket.ts';
import { formEncode } from './event.ts';
import { listPage } from './page.ts';
import type { Version } from './version.ts';
import type { XmlContent } from './xml.ts';

/** What all listings have in common. */
type Terms = {
  prefix: string;
  delimiter: string;
  limit: number;
  /** How names are written: as they are, or form-encoded, for keys that XML cannot hold. */
  written: (name: string) => string;
  elements: Record<string, XmlContent>;
};

export async function listObjectsV2(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const { query } = call.request;
  const terms = parseTerms(bucket, query);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const after = token === null ? startAfter : readToken(token);
  const { entries, isTruncated } = listPage(currentKeys(bucket), { ...terms, after });
  const last = entries.at(-1);
  return xml('ListBucketResult', {
    ...terms.elements,
    StartAfter: startAfter === '' ? undefined : terms.written(startAfter),
    ContinuationToken: token ?? undefined,
    KeyCount: entries.length,
    IsTruncated: isTruncated,
    NextContinuationToken: isTruncated && last ? writeToken(last.name) : undefined,
    ...listed(entries, bucket, terms),
  });
}

export async function listObjects(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const { query } = call.request;
  const terms = parseTerms(bucket, query);
  const after = query.get('marker') ?? '';
  const { entries, isTruncated } = listPage(currentKeys(bucket), { ...terms, after });
  const last = entries.at(-1);
  return xml('ListBucketResult', {
    ...terms.elements,
    Marker: terms.written(after),
    IsTruncated: isTruncated,
    NextMarker: isTruncated && last ? terms.written(last.name) : undefined,
    ...listed(entries, bucket, terms),
  });
}

/**
 * All versions and delete markers. A page ends between two keys, never between two versions of one: it may have more
 * entries than requested, which clients accept.
 */
export async function listObjectVersions(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const { query } = call.request;
  const terms = parseTerms(bucket, query);
  const after = query.get('key-marker') ?? '';
  const { entries, isTruncated } = listPage(bucket.keys(), { ...terms, after });
  const last = entries.at(-1);
  const versions: XmlContent[] = [];
  const markers: XmlContent[] = [];
  for (const { kind, name } of entries) {
    if (kind === 'prefix') continue;
    for (const [index, version] of bucket.versions(name).entries()) {
      const common = { Key: terms.written(name), VersionId: version.versionId, IsLatest: index === 0 };
      if (version.isDeleteMarker) markers.push({ ...common, LastModified: isoTime(version), Owner: owner });
      else versions.push({ ...common, ...described(version), Owner: owner });
    }
  }
  return xml('ListVersionsResult', {
    ...terms.elements,
    KeyMarker: terms.written(after),
    VersionIdMarker: '',
    IsTruncated: isTruncated,
    NextKeyMarker: isTruncated && last ? terms.written(last.name) : undefined,
    NextVersionIdMarker: isTruncated ? lastVersionId(bucket, last?.name) : undefined,
    Version: versions,
    DeleteMarker: markers,
    ...commonPrefixes(entries, terms),
  });
}

const owner = { ID: 'LOCAL', DisplayName: 'local' };

function parseTerms(bucket: Bucket, query: URLSearchParams): Terms {
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url') {
    throw refusal(400, 'InvalidArgument', 'Invalid Encoding Method specified in Request');
  }
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = Number(query.get('max-keys') ?? 1000);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw refusal(400, 'InvalidArgument', 'max-keys must be a whole number');
  }
  const limit = Math.min(maxKeys, 1000);
  const written = encoding === 'url' ? formEncode : (name: string): string => name;
  const elements: Record<string, XmlContent> = { Name: bucket.name, Prefix: written(prefix), MaxKeys: limit };
  if (delimiter !== '') elements['Delimiter'] = written(delimiter);
  if (encoding !== null) elements['EncodingType'] = encoding;
  return { prefix, delimiter, limit, written, elements };
}

function currentKeys(bucket: Bucket): readonly string[] {
  return bucket.keys().filter((key) => currentObject(bucket, key) !== null);
}

function listed(
  entries: readonly { kind: 'key' | 'prefix'; name: string }[],
  bucket: Bucket,
  terms: Terms,
): Record<string, XmlContent | XmlContent[]> {
  const objects = entries.flatMap(({ kind, name }) => {
    const version = kind === 'key' ? currentObject(bucket, name) : null;
    return version ? [{ Key: terms.written(name), ...described(version) }] : [];
  });
  return { Contents: objects, ...commonPrefixes(entries, terms) };
}

function commonPrefixes(
  entries: readonly { kind: 'key' | 'prefix'; name: string }[],
  { written }: Terms,
): { CommonPrefixes: XmlContent[] } {
  const prefixes = entries.filter(({ kind }) => kind === 'prefix');
  return { CommonPrefixes: prefixes.map(({ name }) => ({ Prefix: written(name) })) };
}

function described(version: Version): Record<string, XmlContent> {
  return {
    LastModified: isoTime(version),
    ETag: `"${version.etag}"`,
    Size: version.sizeBytes,
    StorageClass: 'STANDARD',
  };
}

function isoTime({ lastModifiedMs }: Version): string {
  return new Date(lastModifiedMs).toISOString();
}

function lastVersionId(bucket: Bucket, key: string | undefined): string | undefined {
  return key === undefined ? undefined : bucket.versions(key).at(-1)?.versionId;
}

function writeToken(name: string): string {
  return Buffer.from(name).toString('base64url');
}

function readToken(token: string): string {
  return Buffer.from(token, 'base64url').toString();
}
