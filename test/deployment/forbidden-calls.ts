import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Clients } from './clients.ts';

/** A call with given clients, on the resources that the deployment's outputs name. */
type Attempt = (may: Clients, outputs: Readonly<Record<string, string>>) => Promise<unknown>;

const item = { id: { S: 'x' } };

/** Calls that the function's role must not make: close to those that it may make. */
export const forbiddenCalls: [string, Attempt][] = [
  [
    'read what it wrote',
    ({ s3 }, { results_bucket }) =>
      s3.send(new GetObjectCommand({ Bucket: results_bucket, Key: 'reports/people/a.json' })),
  ],
  [
    'write to the source bucket',
    ({ s3 }, { source_bucket }) =>
      s3.send(new PutObjectCommand({ Bucket: source_bucket, Key: 'people/b.csv', Body: 'x' })),
  ],
  [
    'delete a source object',
    ({ s3 }, { source_bucket }) =>
      s3.send(new DeleteObjectCommand({ Bucket: source_bucket, Key: 'people/a.csv' })),
  ],
  [
    'read its own code',
    ({ s3 }, { code_bucket }) => s3.send(new GetObjectCommand({ Bucket: code_bucket, Key: 'lambda.zip' })),
  ],
  [
    'change its own code',
    ({ s3 }, { code_bucket }) =>
      s3.send(new PutObjectCommand({ Bucket: code_bucket, Key: 'lambda.zip', Body: 'x' })),
  ],
  [
    'write results elsewhere',
    ({ s3 }, { results_bucket }) =>
      s3.send(new PutObjectCommand({ Bucket: results_bucket, Key: 'other/x', Body: 'x' })),
  ],
  [
    'read the rows of a table',
    ({ dynamodb }) => dynamodb.send(new ScanCommand({ TableName: 'sluice-people' })),
  ],
  [
    'write to a table one by one',
    ({ dynamodb }) => dynamodb.send(new PutItemCommand({ TableName: 'sluice-people', Item: item })),
  ],
  [
    'write to another table in bulk',
    ({ dynamodb }) =>
      dynamodb.send(
        new BatchWriteItemCommand({ RequestItems: { 'sluice-ledger': [{ PutRequest: { Item: item } }] } }),
      ),
  ],
  [
    'delete what the ledger says',
    ({ dynamodb }) =>
      dynamodb.send(
        new DeleteItemCommand({
          TableName: 'sluice-ledger',
          Key: { pk: { S: 'import#x' }, sk: { S: 'import' } },
        }),
      ),
  ],
  [
    'empty the work queue',
    ({ sqs }, { queue_url }) => sqs.send(new PurgeQueueCommand({ QueueUrl: queue_url })),
  ],
  [
    'send to the dead-letter queue',
    ({ sqs }, { dead_letter_queue_url }) =>
      sqs.send(new SendMessageCommand({ QueueUrl: dead_letter_queue_url, MessageBody: 'x' })),
  ],
];
