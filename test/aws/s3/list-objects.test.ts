import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { findObject, type ListedObject, listObjects } from '../../../src/aws/s3/list-objects.ts';
import { startLocal } from '../../local/local-clients.ts';

async function setUp() {
  const { s3 } = await startLocal();
  await s3.send(new CreateBucketCommand({ Bucket: 'feeds' }));
  for (const key of ['a/', 'a/1', 'a/2', 'a/3', 'a/4', 'b'])
    await s3.send(new PutObjectCommand({ Bucket: 'feeds', Key: key, Body: key }));
  return s3;
}

test('objects are listed over all pages, without those that stand for folders', async () => {
  const s3 = await setUp();
  // A page of S3 has 1,000 objects; of two, more than one is needed here.
  s3.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input, MaxKeys: 2 } }), {
    step: 'initialize',
  });
  const pages: (readonly ListedObject[])[] = [];
  for await (const page of listObjects(s3, { bucket: 'feeds', prefix: 'a/' })) pages.push(page);
  expect(pages.map((page) => page.map(({ key }) => key))).toEqual([['a/1'], ['a/2', 'a/3'], ['a/4']]);
  expect(pages[0]![0]).toEqual({
    key: 'a/1',
    etag: expect.stringMatching(/^[0-9a-f]{32}$/),
    sizeBytes: 3,
    modifiedAtMs: expect.any(Number),
  });
});

test('a bucket that does not exist is a missing input', async () => {
  const s3 = await setUp();
  await expect(listObjects(s3, { bucket: 'others', prefix: '' }).next()).rejects.toMatchObject({
    code: 'input-missing',
  });
});

test('an object is found by its key', async () => {
  const s3 = await setUp();
  expect(await findObject(s3, { bucket: 'feeds', key: 'b' })).toMatchObject({ key: 'b', sizeBytes: 1 });
  expect(await findObject(s3, { bucket: 'feeds', key: 'a' })).toBeNull();
});
