import { SluiceError } from '../../../core/errors.ts';
import { callError } from '../../call-error.ts';

/** The target of writes, which every message names, and the action that the function needs the right for. */
export type WritePlace = {
  readonly table: string;
  readonly region: string;
  readonly endpoint: string;
  readonly action: WriteAction;
};

export type WriteAction = 'BatchWriteItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

/**
 * Why no retry of a write can succeed: of an error that DynamoDB answered, that the connection came to, or that a provider of credentials
 * threw. `table-missing`, `table-key-mismatch`, what `callError` knows, and `table-answer-invalid` for the rest.
 */
export function writeError(error: { code: string; message: string }, place: WritePlace): SluiceError {
  const said = `${error.code}: ${error.message}`;
  if (error.code === 'ResourceNotFoundException') {
    const remedy = 'Create it (terraform apply), or check the region and the endpoint.';
    return new SluiceError(
      'table-missing',
      `There is no ${nameOf(place)}, or it is not active yet (${said}). ${remedy}`,
      { data: dataOf(place) },
    );
  }
  if (error.code === 'ValidationException') {
    const remedy =
      "Compare it with the dataset's table.partition_key, table.sort_key and the types of those columns. The key of a table cannot be changed: fix the dataset, or give it a new table.";
    return new SluiceError(
      'table-key-mismatch',
      `The key of ${nameOf(place)} is not the one that the dataset names (${said}). ${remedy}`,
      { data: dataOf(place) },
    );
  }
  const known = callError(error, { action: `dynamodb:${place.action}`, resource: nameOf(place) });
  if (known !== undefined) return known;
  return new SluiceError(
    'table-answer-invalid',
    `Writing to ${nameOf(place)} failed with an error that Sluice does not know (${said}). Look it up in the Amazon DynamoDB API Reference; if no setting explains it, report it.`,
    { data: { ...dataOf(place), awsCode: error.code } },
  );
}

/** What answers isn't DynamoDB. */
export function answerInvalid(why: string, place: WritePlace): SluiceError {
  return new SluiceError(
    'table-answer-invalid',
    `The endpoint of ${nameOf(place)} did not answer like DynamoDB: ${why}. Check the endpoint (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_DYNAMODB) and any proxy.`,
    { data: dataOf(place) },
  );
}

/** null where the connection failed for another reason than the server's certificate. */
export function certificateUntrusted(error: Error, place: WritePlace): SluiceError | null {
  const known = callError(error, { action: `dynamodb:${place.action}`, resource: nameOf(place) });
  return known?.code === 'certificate-untrusted' ? known : null;
}

function dataOf({ table, region, endpoint }: WritePlace): Record<string, string> {
  return { table, region, endpoint };
}

function nameOf({ table, region, endpoint }: WritePlace): string {
  return `table '${table}' in ${region} at ${endpoint}`;
}
