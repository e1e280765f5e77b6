import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { callError, errorName } from '../aws/call-error.ts';
import { dynamoLedger } from '../aws/ledger/dynamo-ledger.ts';
import { sqsQueue } from '../aws/sqs/sqs-queue.ts';
import { SluiceError } from '../core/errors.ts';
import type { Ledger, Queue } from '../core/ports.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION, LOCAL_URL } from '../deployment/local-endpoint.ts';
import { deploymentNames } from '../deployment/names.ts';

/** Which deployment a command speaks to. */
export type DeploymentOptions = {
  readonly aws: boolean;
  readonly endpoint: string;
  readonly name: string;
};

/** Throws `configuration-invalid` if AWS's own configuration has no region. */
export async function openDynamo(options: DeploymentOptions): Promise<DynamoDBClient> {
  const client = new DynamoDBClient(clientOptions(options));
  await checkRegion(client);
  return client;
}

/** Reads buckets of any region. Throws `configuration-invalid` if AWS's own configuration has no region. */
export async function openS3(options: DeploymentOptions): Promise<S3Client> {
  const client = new S3Client({
    ...clientOptions(options),
    forcePathStyle: !options.aws,
    followRegionRedirects: true,
  });
  await checkRegion(client);
  return client;
}

async function checkRegion(client: DynamoDBClient | S3Client): Promise<void> {
  await client.config.region().catch((cause: unknown) => {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError(
      'configuration-invalid',
      `AWS's configuration names no region (${detail}). Set AWS_REGION, or AWS_PROFILE to a profile with a region.`,
      { cause },
    );
  });
}

/** Lets `use` work with the deployment's ledger, and closes it. */
export async function withLedger<T>(
  options: DeploymentOptions,
  use: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const client = await openDynamo(options);
  try {
    return await use(dynamoLedger({ client, table: deploymentNames(options.name).ledgerTable }));
  } finally {
    client.destroy();
  }
}

/** Calls `use` with the deployment's work queue, and closes it. Throws `queue-missing`, or the error of a failed call. */
export async function withQueue<T>(
  options: DeploymentOptions,
  use: (queue: Queue) => Promise<T>,
): Promise<T> {
  const client = new SQSClient(clientOptions(options));
  try {
    return await use(sqsQueue({ client, url: await queueUrl(client, deploymentNames(options.name).queue) }));
  } finally {
    client.destroy();
  }
}

async function queueUrl(client: SQSClient, name: string): Promise<string> {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl!;
  } catch (error) {
    if (/QueueDoesNotExist|NonExistentQueue/.test(errorName(error))) {
      throw new SluiceError(
        'queue-missing',
        `The work queue '${name}' does not exist in this region and account. Name the deployment with --name, or deploy it.`,
        { data: { queue: name }, cause: error },
      );
    }
    throw callError(error, { action: 'sqs:GetQueueUrl', resource: name }) ?? error;
  }
}

/** Without --aws nothing leaves for AWS: an endpoint that is empty, as an unset variable makes it, is an error. */
function clientOptions({ aws, endpoint }: DeploymentOptions): object {
  if (aws) return {};
  if (!/^https?:\/\/[^/]/.test(endpoint) || !URL.canParse(endpoint)) {
    throw new SluiceError(
      'configuration-invalid',
      `--endpoint must be a URL such as ${LOCAL_URL}, not '${endpoint}'. To use AWS, pass --aws.`,
    );
  }
  return { endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
}
