import { LOCAL_CREDENTIALS } from '../../src/deployment/local-endpoint.ts';
import type { DeploymentNames } from '../../src/deployment/names.ts';
import type { Resources } from '../resources.ts';

/** The environment variables that `terraform/main.tf` gives to the function, with those by which the SDK finds the endpoint. */
export function functionEnvironment(
  name: string,
  names: DeploymentNames,
  { queues, datasets }: Resources,
  endpointUrl: string,
): Record<string, string> {
  return {
    SLUICE_NAME: name,
    SLUICE_TABLE_PREFIX: names.tablePrefix,
    SLUICE_LEDGER_TABLE: names.ledgerTable,
    SLUICE_SOURCE_BUCKET: names.sourceBucket,
    SLUICE_RESULTS_BUCKET: names.resultsBucket,
    SLUICE_QUEUE_URL: queues.work.url,
    SLUICE_DEAD_LETTER_QUEUE_ARN: queues.deadLetters.arn,
    SLUICE_FAILED_EVENTS_QUEUE_ARN: queues.failedEvents.arn,
    SLUICE_DATASETS_BUCKET: datasets.bucket,
    SLUICE_DATASETS_KEY: datasets.key,
    SLUICE_DATASETS_VERSION: datasets.version,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    NODE_OPTIONS: '--enable-source-maps',
  };
}
