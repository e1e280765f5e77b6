import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { parseS3Event } from '../../../src/lambda/s3-event.ts';
import { temporaryFolder } from '../local-clients.ts';
import { startWithBucket } from './with-bucket.ts';

test.each([
  ['a plain key', 'people/1.csv'],
  ['an empty segment', 'a//b/'],
  ['a way out of the folder', '../x'],
  ['a way out in the middle', 'a/../../b'],
  ['dots alone', '..'],
  ['plus, space and percent', 'a+b c%20d.csv'],
  ['unicode', 'größe/日本語-😀.csv'],
  ['what means something in XML and URLs', 'a&b<c>"d\'?e=#f;g'],
  ['1,024 bytes', 'é'.repeat(512)],
])('an object is given back as it was put: %s', async (_what, Key) => {
  const { s3, Bucket } = await startWithBucket();
  const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, ContentType: 'text/csv' }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(await got.Body!.transformToString()).toBe(Key);
  expect(got).toMatchObject({
    ContentType: 'text/csv',
    ETag: put.ETag,
    ContentLength: Buffer.byteLength(Key),
  });
  expect(put.ETag).toBe(`"${createHash('md5').update(Key).digest('hex')}"`);
});

test('a key of more than 1,024 bytes is refused', async () => {
  const { s3, Bucket } = await startWithBucket();
  await expect(
    s3.send(new PutObjectCommand({ Bucket, Key: 'k'.repeat(1025), Body: 'x' })),
  ).rejects.toMatchObject({ name: 'KeyTooLongError' });
});

test('keys never become paths: all files are in the bucket’s folders', async () => {
  const dataDir = await temporaryFolder();
  const { s3, Bucket } = await startWithBucket({ dataDir });
  for (const Key of ['../../../escaped', 'a/../../b', '/etc/x']) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  }
  const files = await readdir(join(dataDir, 'objects'), { recursive: true });
  expect(files.filter((file) => file.includes('escaped') || file.includes('etc'))).toEqual([]);
  expect(await readdir(dataDir)).toEqual(['dynamodb', 'objects', 'queues']);
});

test('an event has S3’s format', async () => {
  const { s3, Bucket, events } = await startWithBucket({ now: () => 1_790_000_000_123 });
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'in put/größe+1.csv', Body: 'abc' }));
  expect(events).toMatchObject([
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: new Date(1_790_000_000_123).toISOString(),
      eventName: 'ObjectCreated:Put',
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: Bucket, arn: `arn:aws:s3:::${Bucket}` },
        object: { key: 'in+put/gr%C3%B6%C3%9Fe%2B1.csv', size: 3, eTag: ETag?.replaceAll('"', '') },
      },
    },
  ]);
  expect(events[0]?.s3.object).not.toHaveProperty('versionId');
});

test('the function parses the event to the uploaded object and its version', async () => {
  const { s3, Bucket, events } = await startWithBucket();
  await enableVersioning(s3, Bucket);
  const Key = "a+b (c)*!'~/日本 語.csv";
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'abc' }));
  expect(parseS3Event({ Records: events })).toMatchObject({
    kind: 'objects',
    objects: [{ bucket: Bucket, key: Key, versionId: VersionId, sizeBytes: 3 }],
  });
});

test('a stream of a known length arrives complete, with the client’s checksum', async () => {
  const { s3, Bucket } = await startWithBucket();
  const body = randomBytes(3_000_000);
  const pieces = Readable.from([body.subarray(0, 1_000_001), body.subarray(1_000_001)], {
    objectMode: false,
  });
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: pieces, ContentLength: body.length }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
  expect(Buffer.from(await got.Body!.transformToByteArray()).equals(body)).toBe(true);
  expect(got.ChecksumCRC32).toBeDefined();
});

test.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
  '%s is computed, kept and given back',
  async (name) => {
    const { s3, Bucket } = await startWithBucket();
    const put = await s3.send(
      new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello', ChecksumAlgorithm: name }),
    );
    expect(put[`Checksum${name}`]).toBeDefined();
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
    expect(got[`Checksum${name}`]).toBe(put[`Checksum${name}`]);
    expect(await got.Body!.transformToString()).toBe('hello');
  },
);

test.each([
  ['CRC32', { ChecksumCRC32: 'AAAAAA==' }],
  ['CRC32C', { ChecksumCRC32C: 'AAAAAA==' }],
  ['CRC64NVME', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }],
  ['SHA256', { ChecksumSHA256: Buffer.alloc(32).toString('base64') }],
  ['MD5', { ContentMD5: Buffer.alloc(16).toString('base64') }],
])('a body that does not fit its %s is refused, and nothing is stored', async (_name, checksum) => {
  const { s3, Bucket, events } = await startWithBucket();
  await expect(
    s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello', ...checksum })),
  ).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
  expect(events).toEqual([]);
});

test('a body that was changed in transit does not match its trailing checksum', async () => {
  const { url, Bucket } = await startWithBucket();
  const send = (body: string) =>
    fetch(`${url}/${Bucket}/k`, {
      method: 'PUT',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 x',
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '5',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      },
      body,
    });
  const crc32 = 'x-amz-checksum-crc32:NhCmhg==';
  expect((await send(`5\r\nhello\r\n0\r\n${crc32}\r\n\r\n`)).status).toBe(200);
  const changed = await send(`5\r\nhellO\r\n0\r\n${crc32}\r\n\r\n`);
  expect([changed.status, await changed.text()]).toEqual([400, expect.stringContaining('BadDigest')]);
  const short = await send(`4\r\nhell\r\n0\r\n${crc32}\r\n\r\n`);
  expect([short.status, await short.text()]).toEqual([400, expect.stringContaining('IncompleteBody')]);
  const bare = await send('5\r\nhello\r\n0\r\n\r\n');
  expect([bare.status, await bare.text()]).toEqual([400, expect.stringContaining('MalformedTrailerError')]);
});

test.each([
  ['bytes=0-3', '0123', 'bytes 0-3/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=-2', '89', 'bytes 8-9/10'],
  ['bytes=5-100', '56789', 'bytes 5-9/10'],
])('the range %s is answered with its bytes', async (Range, text, ContentRange) => {
  const { s3, Bucket } = await startWithBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '0123456789' }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', Range }));
  expect(await got.Body!.transformToString()).toBe(text);
  expect(got).toMatchObject({ ContentRange, $metadata: { httpStatusCode: 206 } });
});

test('a range after the end is not satisfiable', async () => {
  const { s3, Bucket } = await startWithBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '0123456789' }));
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=10-' }))).rejects.toMatchObject(
    { name: 'InvalidRange', $metadata: { httpStatusCode: 416 } },
  );
});

test('a read with If-Match fails if the object has changed', async () => {
  const { s3, Bucket } = await startWithBucket();
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'one' }));
  const pinned = new GetObjectCommand({ Bucket, Key: 'k', IfMatch: ETag });
  expect(await (await s3.send(pinned)).Body!.transformToString()).toBe('one');
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'k', IfNoneMatch: ETag }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'two' }));
  await expect(s3.send(pinned)).rejects.toMatchObject({
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  });
});

test('one of many concurrent puts with If-None-Match succeeds', async () => {
  const { s3, Bucket, events } = await startWithBucket();
  const puts = Array.from({ length: 8 }, (_, n) =>
    s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: String(n), IfNoneMatch: '*' })),
  );
  const outcomes = await Promise.allSettled(puts);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(events).toHaveLength(1);
});

test('of concurrent puts of one key, one complete object remains', async () => {
  const { s3, Bucket, events } = await startWithBucket();
  const bodies = Array.from({ length: 10 }, (_, n) => String(n).repeat(100_000 + n));
  await Promise.all(bodies.map((Body) => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body }))));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
  const text = await got.Body!.transformToString();
  expect(bodies).toContain(text);
  const sequencers = events.map(({ s3 }) => s3.object.sequencer);
  expect(sequencers).toEqual([...new Set(sequencers)].toSorted());
  expect(events.at(-1)?.s3.object.size).toBe(text.length);
});

test('readers see complete objects while one is replaced repeatedly', async () => {
  const { s3, Bucket } = await startWithBucket();
  const put = (n: number) =>
    s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: String(n % 10).repeat(200_000) }));
  await put(0);
  const reads: Promise<string>[] = [];
  for (let n = 1; n <= 20; n++) {
    reads.push(
      s3.send(new GetObjectCommand({ Bucket, Key: 'k' })).then(({ Body }) => Body!.transformToString()),
    );
    await put(n);
  }
  for (const text of await Promise.all(reads)) expect(text).toMatch(/^(\d)\1{199999}$/);
});

test('versions stay readable after newer ones and after a delete marker', async () => {
  const { s3, Bucket, events } = await startWithBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'zero' }));
  await enableVersioning(s3, Bucket);
  const one = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'one' }));
  const two = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'two' }));
  expect(events.map(({ s3 }) => s3.object.versionId)).toEqual([undefined, one.VersionId, two.VersionId]);
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  expect(marker.DeleteMarker).toBe(true);
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  });

  const read = async (VersionId: string | undefined) =>
    (await s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId }))).Body!.transformToString();
  expect([await read('null'), await read(one.VersionId), await read(two.VersionId)]).toEqual([
    'zero',
    'one',
    'two',
  ]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: marker.VersionId }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: two.VersionId }));
  expect(await read(undefined)).toBe('one');
  await expect(read(two.VersionId)).rejects.toMatchObject({ name: 'NoSuchVersion' });
  const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions?.map(({ VersionId }) => VersionId)).toEqual([one.VersionId, 'null']);
  expect(DeleteMarkers).toBeUndefined();
});

test('many keys are deleted in one request, missing ones included', async () => {
  const { s3, Bucket } = await startWithBucket();
  const keys = ['a', 'b & c', 'größe+1'];
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const Objects = [...keys, 'never was'].map((Key) => ({ Key }));
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect(Deleted?.map(({ Key }) => Key)).toEqual([...keys, 'never was']);
  expect(Errors).toBeUndefined();
  const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions).toBeUndefined();
});

test('a copy has the bytes and metadata of its source, and its own event', async () => {
  const { s3, Bucket, events } = await startWithBucket();
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'a b+c',
      Body: 'text',
      ContentType: 'text/csv',
      Metadata: { by: 'me' },
    }),
  );
  const CopySource = encodeURIComponent(`${Bucket}/a b+c`);
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'copy' }));
  expect(await got.Body!.transformToString()).toBe('text');
  expect(got).toMatchObject({ ContentType: 'text/csv', Metadata: { by: 'me' } });
  expect(events.at(-1)).toMatchObject({
    eventName: 'ObjectCreated:Copy',
    s3: { object: { key: 'copy', size: 4 } },
  });
});

test('an object can be empty', async () => {
  const { s3, Bucket } = await startWithBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: '' }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'empty' }));
  expect(await got.Body!.transformToString()).toBe('');
  expect(got.ContentLength).toBe(0);
});

test('an object has no tags, and a missing one is an error', async () => {
  const { s3, Bucket } = await startWithBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' }))).TagSet).toEqual([]);
  await expect(s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'no' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
});

test('unsupported operations are refused with S3’s error', async () => {
  const { s3, Bucket } = await startWithBucket();
  await expect(s3.send(new PutObjectAclCommand({ Bucket, Key: 'k', ACL: 'private' }))).rejects.toMatchObject({
    name: 'NotImplemented',
    $metadata: { httpStatusCode: 501 },
  });
  await expect(
    s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', Tagging: 'a=b' })),
  ).rejects.toMatchObject({ name: 'NotImplemented', Header: 'x-amz-tagging' });
});

test('an interrupted upload leaves no files', async () => {
  const dataDir = await temporaryFolder();
  const { url, s3, Bucket, close } = await startWithBucket({ dataDir });
  const breaking = new AbortController();
  const pieces = async function* () {
    yield Buffer.alloc(100_000);
    breaking.abort();
  };
  await expect(
    fetch(`${url}/${Bucket}/k`, {
      method: 'PUT',
      headers: { authorization: 'AWS4-HMAC-SHA256 x' },
      body: Readable.toWeb(Readable.from(pieces())),
      duplex: 'half',
      signal: breaking.signal,
    }),
  ).rejects.toThrow('aborted');
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
  await close();
  const folder = join(dataDir, 'objects', Bucket);
  expect([await readdir(join(folder, 'incoming')), await readdir(join(folder, 'data'))]).toEqual([[], []]);
});

test('a URL sets the headers that S3 names, and no others', async () => {
  const { url, s3, Bucket } = await startWithBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ContentLanguage: 'en' }));
  const get = (query: string) =>
    fetch(`${url}/${Bucket}/k?${query}`, { headers: { authorization: 'AWS4-HMAC-SHA256 x' } });
  const known = await get(
    'response-content-type=text/plain&response-cache-control=no-store&response-expires=0',
  );
  expect(Object.fromEntries(known.headers)).toMatchObject({
    'content-type': 'text/plain',
    'cache-control': 'no-store',
    expires: '0',
    'content-language': 'en',
  });
  for (const header of ['set-cookie', 'access-control-allow-origin', 'content-security-policy', 'location']) {
    const answer = await get(`response-${header}=x`);
    expect(answer.status).toBe(501);
    expect(answer.headers.get(header)).not.toBe('x');
  }
  const split = await get('response-content-type=text/plain%0d%0aset-cookie:%20a=b');
  expect([split.status, split.headers.get('set-cookie')]).toEqual([400, null]);
  expect(await split.text()).toContain('<Code>InvalidArgument</Code>');
});

async function enableVersioning(s3: Awaited<ReturnType<typeof startWithBucket>>['s3'], Bucket: string) {
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
}
