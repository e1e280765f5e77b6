import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { type Engine, type EngineKind, engineCredentials } from './engine.ts';

/** A versioned bucket in a running engine, for the tests of the `describe` that this is called in. */
export function openBucket(kind: EngineKind): () => { client: S3Client; bucket: string } {
  let engine: Engine;
  let opened: { client: S3Client; bucket: string };
  beforeAll(async () => {
    engine = await kind.open();
    const client = new S3Client({ endpoint: engine.endpoint, forcePathStyle: true, ...engineCredentials });
    const bucket = `bucket-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    await client.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    opened = { client, bucket };
  });
  afterAll(async () => {
    opened?.client.destroy();
    await engine?.close();
  });
  return () => opened;
}
