import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { EndpointOptions } from '../../../local/endpoint/endpoint.ts';
import { type Local, startLocal } from '../local-clients.ts';

/** An endpoint with one bucket. */
export async function startWithBucket(
  options: Partial<EndpointOptions> = {},
): Promise<Local & { Bucket: string }> {
  const local = await startLocal(options);
  await local.s3.send(new CreateBucketCommand({ Bucket: 'source' }));
  return { ...local, Bucket: 'source' };
}
