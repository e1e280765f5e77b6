import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Credentials, type EmulatedAws, REGION } from './emulated-aws.ts';

export type Clients = { readonly s3: S3Client; readonly dynamodb: DynamoDBClient; readonly sqs: SQSClient };

/** The SDK's clients of the emulated AWS, with these credentials. */
export function clients({ endpoint }: EmulatedAws, credentials: Credentials): Clients {
  const settings = { endpoint, region: REGION, credentials, maxAttempts: 1 };
  return {
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(settings),
    sqs: new SQSClient(settings),
  };
}
