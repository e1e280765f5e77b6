import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../src/deployment/local-endpoint.ts';

/** The SDK's clients of one endpoint. */
export type StackClients = {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBClient;
};

export function openClients(endpoint: string): StackClients {
  const options = { endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  return {
    s3: new S3Client({ ...options, forcePathStyle: true }),
    sqs: new SQSClient(options),
    dynamo: new DynamoDBClient(options),
  };
}

export function closeClients({ s3, sqs, dynamo }: StackClients): void {
  s3.destroy();
  sqs.destroy();
  dynamo.destroy();
}
