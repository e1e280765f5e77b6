import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../local-clients.ts';
import { startWithBucket } from './with-bucket.ts';

const partBytes = 5 * 1024 * 1024;

test('parts become one object, with S3’s ETag and one event', async () => {
  const { s3, Bucket, events } = await startWithBucket();
  const bodies = [randomBytes(partBytes), randomBytes(partBytes), randomBytes(10)];
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key: 'big', ContentType: 'text/csv' }),
  );
  // In any order, and one of them twice.
  await sendPart(s3, { Bucket, UploadId, PartNumber: 1, Body: randomBytes(20) });
  const parts = [];
  for (const PartNumber of [3, 1, 2]) {
    parts.push(await sendPart(s3, { Bucket, UploadId, PartNumber, Body: bodies[PartNumber - 1]! }));
  }
  const { Parts: known } = await s3.send(new ListPartsCommand({ Bucket, Key: 'big', UploadId }));
  expect(known?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, partBytes],
    [2, partBytes],
    [3, 10],
  ]);
  expect(events).toEqual([]);

  const Parts = parts.toSorted((a, b) => a.PartNumber - b.PartNumber);
  const { ETag } = await s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key: 'big', UploadId, MultipartUpload: { Parts } }),
  );
  const md5s = bodies.map((body) => createHash('md5').update(body).digest());
  expect(ETag).toBe(`"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-3"`);
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'big' }));
  expect(Buffer.concat(bodies).equals(await got.Body!.transformToByteArray())).toBe(true);
  expect(got.ContentType).toBe('text/csv');
  expect(events).toMatchObject([
    {
      eventName: 'ObjectCreated:CompleteMultipartUpload',
      s3: { object: { key: 'big', size: 2 * partBytes + 10, eTag: ETag?.replaceAll('"', '') } },
    },
  ]);
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toBeUndefined();
});

test('an upload survives a restart, and can be aborted', async () => {
  const dataDir = await temporaryFolder();
  const first = await startWithBucket({ dataDir });
  const { Bucket } = first;
  const { UploadId } = await first.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'big' }));
  const part = await sendPart(first.s3, { Bucket, UploadId, PartNumber: 1, Body: Buffer.from('text') });
  await first.close();

  const { s3 } = await startWithBucket({ dataDir });
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads).toMatchObject([{ Key: 'big', UploadId }]);
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'big', UploadId }));
  await expect(complete(s3, Bucket, UploadId, [part])).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test.each([
  ['a part that is not there', [{ PartNumber: 9, ETag: '"x"' }], 'InvalidPart'],
  ['a part that is another', [{ PartNumber: 1, ETag: '"x"' }], 'InvalidPart'],
])('%s completes nothing', async (_what, parts, name) => {
  const { s3, Bucket } = await startWithBucket();
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'big' }));
  await sendPart(s3, { Bucket, UploadId, PartNumber: 1, Body: Buffer.from('text') });
  await expect(complete(s3, Bucket, UploadId, parts)).rejects.toMatchObject({ name });
});

test('parts out of order, or too small, complete nothing', async () => {
  const { s3, Bucket, events } = await startWithBucket();
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'big' }));
  const one = await sendPart(s3, { Bucket, UploadId, PartNumber: 1, Body: Buffer.from('one') });
  const two = await sendPart(s3, { Bucket, UploadId, PartNumber: 2, Body: Buffer.from('two') });
  await expect(complete(s3, Bucket, UploadId, [two, one])).rejects.toMatchObject({
    name: 'InvalidPartOrder',
  });
  await expect(complete(s3, Bucket, UploadId, [one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  expect(events).toEqual([]);
});

test('a part is copied from a range of another object', async () => {
  const { s3, Bucket } = await startWithBucket();
  const { UploadId: sourceId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'big' }));
  const whole = await sendPart(s3, {
    Bucket,
    UploadId: sourceId,
    PartNumber: 1,
    Body: Buffer.from('0123456789'),
  });
  await complete(s3, Bucket, sourceId, [whole]);
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'big' }));
  const { CopyPartResult } = await s3.send(
    new UploadPartCopyCommand({
      Bucket,
      Key: 'big',
      UploadId,
      PartNumber: 1,
      CopySource: `${Bucket}/big`,
      CopySourceRange: 'bytes=2-4',
    }),
  );
  await complete(s3, Bucket, UploadId, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'big' }));
  expect(await got.Body!.transformToString()).toBe('234');
});

type PartName = { PartNumber: number; ETag: string | undefined };

async function sendPart(
  s3: S3Client,
  part: { Bucket: string; UploadId: string | undefined; PartNumber: number; Body: Buffer },
): Promise<PartName & { ChecksumCRC32: string | undefined }> {
  const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ Key: 'big', ...part }));
  return { PartNumber: part.PartNumber, ETag, ChecksumCRC32 };
}

function complete(s3: S3Client, Bucket: string, UploadId: string | undefined, Parts: PartName[]) {
  const MultipartUpload = { Parts };
  return s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'big', UploadId, MultipartUpload }));
}
