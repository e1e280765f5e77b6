import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { refusal } from '../endpoint/refusal.ts';
import { type Answer, type Call, bucketOf, empty, keyOf, xml } from './answer.ts';
import { currentObject } from './bucket.ts';
import { parseByteRange } from './byte-range.ts';
import { type ChecksumName, checksumNames } from './checksum.ts';
import { checkWriteConditions } from './conditions.ts';
import {
  checkHeaders,
  checksumElement,
  checksumElements,
  checksumHeaders,
  keptHeaders,
  versionHeader,
} from './object-headers.ts';
import { copySource } from './object-operations.ts';
import { type Received, checkChecksums, receiveFile } from './receive.ts';
import { givenChecksums, receiveUpload } from './upload-body.ts';
import {
  type Part,
  type Upload,
  addPart,
  dropUpload,
  findUpload,
  joinParts,
  listUploads,
  readParts,
  startUpload,
} from './uploads.ts';
import { type XmlElement, childText, readXml } from './xml.ts';

/** 'Amazon S3 multipart upload limits': all parts but the last. */
const smallestPartBytes = 5 * 1024 * 1024;

export async function createMultipartUpload(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const key = keyOf(call);
  checkHeaders(call.request);
  const headers = keptHeaders(call.request);
  const id = await startUpload(bucket, { key, startedAtMs: call.now(), headers });
  return xml('InitiateMultipartUploadResult', { Bucket: bucket.name, Key: key, UploadId: id });
}

export async function uploadPart(call: Call): Promise<Answer> {
  const part = await takePart(call, (path) => receiveUpload(path, call.request));
  return empty(200, { etag: `"${part.md5}"`, ...checksumHeaders(part) });
}

export async function uploadPartCopy(call: Call): Promise<Answer> {
  const { source, version } = copySource(call);
  const header = call.request.header('x-amz-copy-source-range');
  const [start, end] = parseByteRange(header, version.sizeBytes) ?? [0, version.sizeBytes];
  const part = await takePart(call, (path) => {
    const bytes = createReadStream(source.dataPath(version), { start, end: end - 1 });
    return receiveFile(path, bytes as AsyncIterable<Buffer>, []);
  });
  return xml('CopyPartResult', {
    ETag: `"${part.md5}"`,
    LastModified: new Date(part.lastModifiedMs).toISOString(),
  });
}

async function takePart(call: Call, receive: (path: string) => Promise<Received>): Promise<Part> {
  const bucket = bucketOf(call);
  const upload = await uploadOf(call);
  const number = Number(call.request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw refusal(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  }
  const path = bucket.incomingPath();
  const received = await receive(path);
  return addPart(bucket, upload, path, { ...received, number, lastModifiedMs: call.now() });
}

/** Joins the parts. The ETag is the MD5 of their MD5s followed by their number, as in S3. */
export async function completeMultipartUpload(call: Call): Promise<Answer> {
  const { request } = call;
  const bucket = bucketOf(call);
  const key = keyOf(call);
  const upload = await uploadOf(call);
  const parts = chosenParts(readXml(await request.text()), await readParts(bucket, upload));
  checkWriteConditions(request, currentObject(bucket, key));

  const given =
    request.header('x-amz-checksum-type') === 'COMPOSITE' ? {} : givenChecksums(request.headerEntries());
  const path = bucket.incomingPath();
  const { sizeBytes, checksums } = await receiveFile(
    path,
    joinParts(bucket, upload, parts),
    Object.keys(given) as ChecksumName[],
    (received) => checkChecksums(given, received.checksums),
  );
  const md5s = Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, 'hex')));
  const etag = `${createHash('md5').update(md5s).digest('hex')}-${parts.length}`;
  const version = await bucket.put(
    key,
    { sizeBytes, etag, headers: upload.headers, checksums },
    path,
    (current) => checkWriteConditions(request, current),
    (version) => call.created('CompleteMultipartUpload', bucket, key, version),
  );
  await dropUpload(bucket, upload);
  const answer = xml('CompleteMultipartUploadResult', {
    Location: `/${bucket.name}/${encodeURIComponent(key)}`,
    Bucket: bucket.name,
    Key: key,
    ETag: `"${etag}"`,
    ...checksumElements(version),
  });
  return { ...answer, headers: { ...answer.headers, ...versionHeader(version) } };
}

/** The parts that the client lists. They must exist with the listed ETags, be in order, and be large enough. */
function chosenParts(document: XmlElement, parts: readonly Part[]): Part[] {
  const listed = document.children.filter(({ name }) => name === 'Part');
  if (listed.length === 0) throw refusal(400, 'MalformedXML', 'You must specify at least one part');
  const numbers = listed.map((element) => Number(childText(element, 'PartNumber')));
  if (numbers.some((number, index) => index > 0 && number <= numbers[index - 1]!)) {
    throw refusal(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  return listed.map((element, index) => {
    const number = numbers[index]!;
    const etag = childText(element, 'ETag')?.replace(/^"(.*)"$/, '$1');
    const part = parts.find((one) => one.number === number);
    if (part === undefined || part.md5 !== etag || !hasChecksums(element, part)) {
      throw refusal(400, 'InvalidPart', 'One or more of the specified parts could not be found.', {
        PartNumber: String(number),
      });
    }
    if (index < listed.length - 1 && part.sizeBytes < smallestPartBytes) {
      throw refusal(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
        PartNumber: String(number),
      });
    }
    return part;
  });
}

/** A checksum that the client did not send with the part was not computed, and is not compared. */
function hasChecksums(element: XmlElement, part: Part): boolean {
  return checksumNames.every((name) => {
    const listed = childText(element, checksumElement(name));
    const known = part.checksums[name];
    return listed === null || known === undefined || listed === known;
  });
}

export async function abortMultipartUpload(call: Call): Promise<Answer> {
  await dropUpload(bucketOf(call), await uploadOf(call));
  return empty(204);
}

/** All parts on one page, whatever the requested number. */
export async function listParts(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const upload = await uploadOf(call);
  const after = Number(call.request.query.get('part-number-marker') ?? 0);
  const parts = (await readParts(bucket, upload)).filter(({ number }) => number > after);
  return xml('ListPartsResult', {
    Bucket: bucket.name,
    Key: upload.key,
    UploadId: upload.id,
    PartNumberMarker: after,
    MaxParts: 10_000,
    IsTruncated: false,
    StorageClass: 'STANDARD',
    Part: parts.map(partElements),
  });
}

function partElements(part: Part): Record<string, string | number> {
  return {
    PartNumber: part.number,
    ETag: `"${part.md5}"`,
    Size: part.sizeBytes,
    LastModified: new Date(part.lastModifiedMs).toISOString(),
    ...checksumElements(part),
  };
}

/** All uploads on one page, whatever the requested number. */
export async function listMultipartUploads(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const prefix = call.request.query.get('prefix') ?? '';
  const uploads = (await listUploads(bucket)).filter(({ key }) => key.startsWith(prefix));
  return xml('ListMultipartUploadsResult', {
    Bucket: bucket.name,
    Prefix: prefix,
    IsTruncated: false,
    Upload: uploads.map(({ id, key, startedAtMs }) => ({
      Key: key,
      UploadId: id,
      Initiated: new Date(startedAtMs).toISOString(),
      StorageClass: 'STANDARD',
    })),
  });
}

function uploadOf(call: Call): Promise<Upload> {
  return findUpload(bucketOf(call), keyOf(call), call.request.query.get('uploadId') ?? '');
}
