import { request } from 'node:http';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startWithBucket } from './with-bucket.ts';

test('a bucket is created, found, listed and deleted', async () => {
  const { s3 } = await startWithBucket();
  await s3.send(new CreateBucketCommand({ Bucket: 'another' }));
  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual(['another', 'source']);
  expect((await s3.send(new HeadBucketCommand({ Bucket: 'another' }))).BucketRegion).toBe('us-east-1');
  expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'another' }))).LocationConstraint ?? '').toBe(
    '',
  );
  await s3.send(new DeleteBucketCommand({ Bucket: 'another' }));
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'another' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
});

test('creating an existing bucket changes nothing in it', async () => {
  const { s3, Bucket } = await startWithBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  await s3.send(new CreateBucketCommand({ Bucket }));
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(1);
});

test.each(['..', 'UPPER', 'a', 'a..b', 'under_score', '-a-'])(
  '%s is not a valid bucket name',
  async (Bucket) => {
    const { url } = await startWithBucket();
    const answer = await fetch(`${url}/${Bucket.replaceAll('.', '%2E')}`, {
      method: 'PUT',
      headers: { authorization: 'AWS4-HMAC-SHA256 x' },
    });
    // A client that resolves '..' itself asks for a bucket without a name.
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).toMatch(/InvalidBucketName|NotImplemented/);
  },
);

test('a bucket that holds a version or a delete marker is not deleted', async () => {
  const { s3, Bucket } = await startWithBucket();
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'never was' }));
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: 'BucketNotEmpty',
  });
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'never was', VersionId }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

test('versioning is off, on, or suspended', async () => {
  const { s3, Bucket } = await startWithBucket();
  const status = async () => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status;
  expect(await status()).toBeUndefined();
  for (const Status of ['Enabled', 'Suspended'] as const) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
    expect(await status()).toBe(Status);
  }
  for (const Body of ['one', 'two']) await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body }));
  const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(['null']);
});

const keys = ['a/1', 'a/2', 'a/b/3', 'c', 'größe+ ü.csv', 'z/\u0001'];

test('keys are listed in order, grouped by a delimiter, page by page', async () => {
  const { s3, Bucket } = await startWithBucket();
  for (const Key of keys.toReversed()) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));

  const listed: (string | undefined)[] = [];
  const pages = paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, EncodingType: 'url' });
  for await (const { Contents } of pages) listed.push(...(Contents ?? []).map(({ Key }) => decodeKey(Key)));
  expect(listed).toEqual(keys);

  const rolled = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', EncodingType: 'url' }));
  expect(rolled.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/', 'z/']);
  expect(rolled.Contents?.map(({ Key, Size }) => [decodeKey(Key), Size])).toEqual([
    ['c', 1],
    ['größe+ ü.csv', 15],
  ]);
  const within = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/', Delimiter: '/' }));
  expect(within.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
  expect(within.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/b/']);
  const later = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/', StartAfter: 'a/1' }));
  expect(later.Contents?.map(({ Key }) => Key)).toEqual(['a/2', 'a/b/3']);
});

test('ListObjects (version 1) continues after its marker', async () => {
  const { s3, Bucket } = await startWithBucket();
  for (const Key of ['a', 'b', 'c']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const first = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2 }));
  expect([first.IsTruncated, first.Contents?.map(({ Key }) => Key)]).toEqual([true, ['a', 'b']]);
  const second = await s3.send(new ListObjectsCommand({ Bucket, Marker: 'b' }));
  expect([second.IsTruncated, second.Contents?.map(({ Key }) => Key)]).toEqual([false, ['c']]);
});

test('a bucket can be part of the host name', async () => {
  const { s3, Bucket, port } = await startWithBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'text' }));
  const text = await new Promise<string>((resolve) => {
    const headers = { host: `${Bucket}.s3.localhost:${port}`, authorization: 'AWS4-HMAC-SHA256 x' };
    request({ port, host: '127.0.0.1', path: '/a/b', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve(text));
    }).end();
  });
  expect(text).toBe('text');
});

function decodeKey(key: string | undefined): string {
  return decodeURIComponent((key ?? '').replaceAll('+', ' '));
}
