import { createReadStream } from 'node:fs';
import { refusal } from '../endpoint/refusal.ts';
import { type Answer, type Call, bucketOf, empty, keyOf, xml } from './answer.ts';
import { type Bucket, currentObject } from './bucket.ts';
import type { ChecksumName } from './checksum.ts';
import { checkCopyConditions, checkReadConditions, checkWriteConditions } from './conditions.ts';
import { parseByteRange } from './byte-range.ts';
import {
  checkHeaders,
  checksumElements,
  checksumHeaders,
  keptHeaders,
  objectHeaders,
  overrideHeaders,
  versionHeader,
} from './object-headers.ts';
import { receiveFile } from './receive.ts';
import { parseCopySource } from './request.ts';
import { receiveUpload } from './upload-body.ts';
import type { Version } from './version.ts';
import { childText, readXml } from './xml.ts';

export async function putObject(call: Call): Promise<Answer> {
  const { request } = call;
  const bucket = bucketOf(call);
  const key = keyOf(call);
  checkHeaders(request);
  // Checked again at the end; this check saves the transfer of a large body.
  checkWriteConditions(request, currentObject(bucket, key));
  const path = bucket.incomingPath();
  const { sizeBytes, md5, checksums } = await receiveUpload(path, request);
  const version = await bucket.put(
    key,
    { sizeBytes, etag: md5, headers: keptHeaders(request), checksums },
    path,
    (current) => checkWriteConditions(request, current),
    (version) => call.created('Put', bucket, key, version),
  );
  return empty(200, {
    etag: `"${version.etag}"`,
    ...versionHeader(version),
    ...checksumHeaders(version),
  });
}

export async function copyObject(call: Call): Promise<Answer> {
  const { request } = call;
  const bucket = bucketOf(call);
  const key = keyOf(call);
  checkHeaders(request);
  const { source, version: original } = copySource(call);
  const path = bucket.incomingPath();
  const names = Object.keys(original.checksums) as ChecksumName[];
  const { sizeBytes, md5, checksums } = await receiveFile(
    path,
    createReadStream(source.dataPath(original)) as AsyncIterable<Buffer>,
    names,
  );
  const replaces = request.header('x-amz-metadata-directive') === 'REPLACE';
  const version = await bucket.put(
    key,
    { sizeBytes, etag: md5, headers: replaces ? keptHeaders(request) : original.headers, checksums },
    path,
    () => undefined,
    (version) => call.created('Copy', bucket, key, version),
  );
  const answer = xml('CopyObjectResult', {
    ETag: `"${version.etag}"`,
    LastModified: new Date(version.lastModifiedMs).toISOString(),
    ...checksumElements(version),
  });
  return { ...answer, headers: { ...answer.headers, ...versionHeader(version) } };
}

/** The version that `x-amz-copy-source` names. */
export function copySource({ request, store }: Call): { source: Bucket; version: Version } {
  const { bucket, key, versionId } = parseCopySource(request.header('x-amz-copy-source') ?? '');
  const source = store.get(bucket);
  const version = readableVersion(source, key, versionId);
  checkCopyConditions(request, version);
  return { source, version };
}

/** Answers GET and HEAD. */
export async function getObject(call: Call): Promise<Answer> {
  const { request } = call;
  const bucket = bucketOf(call);
  const version = readableVersion(bucket, keyOf(call), request.query.get('versionId'));
  checkReadConditions(request, version);
  const headers = { ...objectHeaders(version), ...overrideHeaders(request.query) };
  const range = parseByteRange(request.header('range'), version.sizeBytes);
  const wantsChecksum = request.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const [startBytes, endBytes] = range ?? [0, version.sizeBytes];
  return {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      'content-length': String(endBytes - startBytes),
      ...(range ? { 'content-range': `bytes ${startBytes}-${endBytes - 1}/${version.sizeBytes}` } : {}),
      // The checksum is that of the whole object: clients would compare it with the range and fail.
      ...(wantsChecksum && !range ? checksumHeaders(version) : {}),
    },
    body: { path: bucket.dataPath(version), startBytes, endBytes },
  };
}

/** Throws S3's error if the version does not exist or is a delete marker. */
function readableVersion(bucket: Bucket, key: string, versionId: string | null): Version {
  const versions = bucket.versions(key);
  const version = versionId === null ? versions[0] : versions.find((one) => one.versionId === versionId);
  if (version === undefined) {
    if (versionId === null)
      throw refusal(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
    throw refusal(404, 'NoSuchVersion', 'The specified version does not exist.', {
      Key: key,
      VersionId: versionId,
    });
  }
  if (!version.isDeleteMarker) return version;
  if (versionId === null) throw refusal(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
  throw refusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    Method: 'GET',
    ResourceType: 'DeleteMarker',
  });
}

export async function deleteObject(call: Call): Promise<Answer> {
  const removed = await bucketOf(call).remove(keyOf(call), call.request.query.get('versionId'));
  return empty(204, {
    ...(removed ? versionHeader(removed) : {}),
    ...(removed?.isDeleteMarker ? { 'x-amz-delete-marker': 'true' } : {}),
  });
}

export async function deleteObjects(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const document = readXml(await call.request.text());
  const isQuiet = childText(document, 'Quiet') === 'true';
  const objects = document.children.filter(({ name }) => name === 'Object');
  if (objects.length === 0 || objects.length > 1000) {
    throw refusal(400, 'MalformedXML', 'A deletion names 1 to 1,000 objects.');
  }
  const deleted = [];
  for (const object of objects) {
    const key = childText(object, 'Key');
    if (key === null) throw refusal(400, 'MalformedXML', 'An object to delete has no key.');
    const versionId = childText(object, 'VersionId');
    const removed = await bucket.remove(key, versionId);
    const marker = removed?.isDeleteMarker
      ? { DeleteMarker: true, DeleteMarkerVersionId: removed.versionId }
      : {};
    deleted.push({ Key: key, ...(versionId === null ? {} : { VersionId: versionId }), ...marker });
  }
  return xml('DeleteResult', isQuiet ? {} : { Deleted: deleted });
}

/** Objects have no tags here, but clients that copy ask for them. */
export async function getObjectTagging(call: Call): Promise<Answer> {
  readableVersion(bucketOf(call), keyOf(call), call.request.query.get('versionId'));
  return xml('Tagging', { TagSet: {} });
}
