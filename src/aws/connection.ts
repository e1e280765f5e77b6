import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SluiceError } from '../core/errors.ts';
import { callError } from './call-error.ts';
import type { CredentialsProvider } from './dynamo/wire/fresh-signer.ts';

/** What it takes to send a table's requests past the SDK. */
export type DynamoConnection = {
  readonly region: string;
  /** With scheme, and with port and path where there are any. */
  readonly endpoint: string;
  readonly credentials: CredentialsProvider;
};

/**
 * What the SDK's client would use to write to the table: region, endpoint (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_DYNAMODB`, the
 * profile's, an account's own) and credentials (environment, profile, SSO, container, instance role), so that there is one
 * way of configuring. Throws `credentials-missing`, or `configuration-invalid` where there is no region. Sends nothing to DynamoDB.
 */
export async function dynamoConnection(client: DynamoDBClient, table: string): Promise<DynamoConnection> {
  try {
    const region = await client.config.region();
    const endpoint = await resolveEndpoint(client, table);
    return { region, endpoint, credentials: (options) => client.config.credentials(options) };
  } catch (error) {
    throw explain(error, table);
  }
}

/** Lets the SDK build a request, and stops it where it would go on to sign it. */
async function resolveEndpoint(client: DynamoDBClient, table: string): Promise<string> {
  let endpoint = '';
  const command = new BatchWriteItemCommand({ RequestItems: { [table]: [] } });
  command.middlewareStack.add(
    () => async (args) => {
      const { protocol, hostname, port, path } = args.request as Required<SdkRequest>;
      endpoint = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`;
      return { output: { $metadata: {} }, response: undefined };
    },
    { step: 'build', name: 'stopBeforeSigning' },
  );
  await client.send(command);
  return endpoint;
}

type SdkRequest = {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number | undefined;
  readonly path: string;
};

function explain(error: unknown, table: string): SluiceError {
  const known = callError(error, { action: 'dynamodb:BatchWriteItem', resource: `table '${table}'` });
  if (known !== undefined) return known;
  const detail = error instanceof Error ? error.message : String(error);
  return new SluiceError(
    'configuration-invalid',
    `The AWS configuration names no region for table '${table}' (${detail}). Set AWS_REGION, or AWS_PROFILE to a profile with a region.`,
    { data: { table }, cause: error },
  );
}
