import { randomBytes } from 'node:crypto';
import type { Version } from './version.ts';
import { nullVersionId } from './version.ts';

export type ObjectCreation = 'Put' | 'Copy' | 'CompleteMultipartUpload';

/** A notification in S3's own shape, version 2.1, which S3 uses for created objects ('Event message structure'). */
export type S3Notification = { readonly Records: readonly S3EventRecord[] };

export type S3EventRecord = {
  readonly eventVersion: '2.1';
  readonly eventSource: 'aws:s3';
  readonly awsRegion: string;
  /** ISO 8601, with milliseconds. */
  readonly eventTime: string;
  readonly eventName: `ObjectCreated:${ObjectCreation}`;
  readonly userIdentity: { readonly principalId: string };
  readonly requestParameters: { readonly sourceIPAddress: string };
  readonly responseElements: { readonly 'x-amz-request-id': string; readonly 'x-amz-id-2': string };
  readonly s3: {
    readonly s3SchemaVersion: '1.0';
    readonly configurationId: string;
    readonly bucket: {
      readonly name: string;
      readonly ownerIdentity: { readonly principalId: string };
      readonly arn: string;
    };
    readonly object: {
      /** Form-encoded: a space is `+`, slashes stay. */
      readonly key: string;
      readonly size: number;
      readonly eTag: string;
      /** Absent if the bucket has no versioning. */
      readonly versionId?: string;
      readonly sequencer: string;
    };
  };
};

export function objectCreated(facts: {
  creation: ObjectCreation;
  bucket: string;
  key: string;
  version: Version;
  region: string;
}): S3Notification {
  const { creation, bucket, key, version, region } = facts;
  const record: S3EventRecord = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: new Date(version.lastModifiedMs).toISOString(),
    eventName: `ObjectCreated:${creation}`,
    userIdentity: { principalId: 'LOCAL' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: {
      'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase(),
      'x-amz-id-2': randomBytes(48).toString('base64'),
    },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'local',
      bucket: { name: bucket, ownerIdentity: { principalId: 'LOCAL' }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: formEncode(key),
        size: version.sizeBytes,
        eTag: version.etag,
        ...(version.versionId === nullVersionId ? {} : { versionId: version.versionId }),
        sequencer: version.sequencer,
      },
    },
  };
  return { Records: [record] };
}

/** As Java's URLEncoder does it, but for slashes: letters, digits and `.-*_` stay, a space becomes `+`. */
export function formEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}
