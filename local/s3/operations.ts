import { refusal } from '../endpoint/refusal.ts';
import type { Operation } from './answer.ts';
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
  putBucketVersioning,
} from './bucket-operations.ts';
import { listObjectVersions, listObjects, listObjectsV2 } from './listing-operations.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
  uploadPartCopy,
} from './multipart-operations.ts';
import {
  copyObject,
  deleteObject,
  deleteObjects,
  getObject,
  getObjectTagging,
  putObject,
} from './object-operations.ts';
import { overrides } from './object-headers.ts';
import type { S3Request } from './request.ts';

/** By method, target (service, bucket or object), and the parameter that names a subresource. */
const operations: Readonly<Record<string, Operation>> = {
  'GET service': listBuckets,
  'PUT bucket': createBucket,
  'HEAD bucket': headBucket,
  'DELETE bucket': deleteBucket,
  'GET bucket': listObjects,
  'GET bucket list-type': listObjectsV2,
  'GET bucket versions': listObjectVersions,
  'GET bucket uploads': listMultipartUploads,
  'GET bucket location': getBucketLocation,
  'GET bucket versioning': getBucketVersioning,
  'PUT bucket versioning': putBucketVersioning,
  'POST bucket delete': deleteObjects,
  'PUT object': putObject,
  'PUT object copy': copyObject,
  'GET object': getObject,
  'HEAD object': getObject,
  'DELETE object': deleteObject,
  'GET object tagging': getObjectTagging,
  'POST object uploads': createMultipartUpload,
  'PUT object uploadId': uploadPart,
  'PUT object uploadId copy': uploadPartCopy,
  'POST object uploadId': completeMultipartUpload,
  'DELETE object uploadId': abortMultipartUpload,
  'GET object uploadId': listParts,
};

/** Parameters of an operation that do not select another one. */
const qualifiers = new Set([
  'continuation-token',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'key-marker',
  'marker',
  'max-buckets',
  'max-keys',
  'max-parts',
  'max-uploads',
  'part-number-marker',
  'partNumber',
  'prefix',
  ...overrides,
  'start-after',
  'upload-id-marker',
  'version-id-marker',
  'versionId',
  'x-id',
]);

/** Throws `NotImplemented` for an operation that this stack does not support: an error is better than an incomplete answer. */
export function operationFor(request: S3Request): Operation {
  const level = request.bucket === null ? 'service' : request.key === null ? 'bucket' : 'object';
  const others = [...request.query.keys()].filter((name) => !isQualifier(name));
  const copy = request.method === 'PUT' && request.header('x-amz-copy-source') !== null ? ['copy'] : [];
  const name = [request.method, level, ...others, ...copy].join(' ');
  // A part of an object is a different resource.
  const asksForPart = level === 'object' && request.query.has('partNumber') && !request.query.has('uploadId');
  const operation = asksForPart || !Object.hasOwn(operations, name) ? undefined : operations[name];
  if (operation !== undefined) return operation;
  throw refusal(501, 'NotImplemented', `The local stack does not support this S3 operation: ${name}.`);
}

function isQualifier(name: string): boolean {
  return qualifiers.has(name) || name.toLowerCase().startsWith('x-amz-');
}
