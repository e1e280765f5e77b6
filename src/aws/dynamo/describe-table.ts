import {
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { SluiceError } from '../../core/errors.ts';
import { type TableShape, tableShape } from '../../core/dataset/table-shape.ts';
import { callError } from '../call-error.ts';

/**
 * Reads the keys of a table and of its indexes. `table`: its name, or its ARN if it is in another account. Throws `table-missing`,
 * `table-region-mismatch`, or what `callError` makes of a call that failed.
 */
export async function describeTable(client: DynamoDBClient, table: string): Promise<TableShape> {
  const region = await client.config.region();
  const arnRegion = /^arn:[^:]*:dynamodb:([^:]*):/.exec(table)?.[1];
  if (arnRegion !== undefined && arnRegion !== region) {
    throw new SluiceError(
      'table-region-mismatch',
      `Table '${table}' is in the region ${arnRegion}, and Sluice runs in ${region}. Deploy Sluice in ${arnRegion}, or name a table of ${region} in table.existing.`,
      { data: { table, region } },
    );
  }
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return tableShape(Table ?? {});
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      throw new SluiceError(
        'table-missing',
        `Table '${table}' does not exist in the region ${region}. Fix table.existing of the dataset, or create the table.`,
        { data: { table, region }, cause: error },
      );
    }
    throw callError(error, { action: 'dynamodb:DescribeTable', resource: `table/${table}` }) ?? error;
  }
}
