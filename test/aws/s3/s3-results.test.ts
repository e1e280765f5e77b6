import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { s3Results } from '../../../src/aws/s3/s3-results.ts';
import { describeResults } from '../../conformance/results-suite.ts';
import { openBucket } from '../../support/bucket.ts';
import { localEndpoint } from '../../support/local-endpoint.ts';
import { moto } from '../../support/moto.ts';

describe.each([localEndpoint, moto])('on $name', (kind) => {
  describe.skipIf(kind.missing !== null)(kind.missing ?? 'as installed here', () => {
    const opened = openBucket(kind);

    describeResults(`S3, ${kind.name}`, async () => {
      const { client, bucket } = opened();
      return {
        results: s3Results({ client, bucket }),
        async read(where) {
          const [, named, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(where) ?? [];
          const { Body } = await client.send(new GetObjectCommand({ Bucket: named, Key: key }));
          return (await Body?.transformToByteArray()) ?? new Uint8Array();
        },
        close: async () => undefined,
      };
    });

    test('keeps the content type, so that a browser shows the text', async () => {
      const { client, bucket } = opened();
      await s3Results({ client, bucket }).put('a.csv', Buffer.from('a'), 'text/csv; charset=utf-8');
      const { ContentType } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a.csv' }));
      expect(ContentType).toBe('text/csv; charset=utf-8');
    });

    test('says which bucket is missing', async () => {
      const { client } = opened();
      const results = s3Results({ client, bucket: 'nowhere-results' });
      await expect(results.put('a.csv', Buffer.from('a'), 'text/csv')).rejects.toMatchObject({
        code: 'results-missing',
        message: expect.stringContaining("'nowhere-results'"),
      });
    });
  });
});
