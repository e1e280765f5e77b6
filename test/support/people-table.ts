import { createReadStream } from 'node:fs';
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { parse } from 'csv-parse';
import { cellsOf, digest } from './people-item.ts';

export type TableComparison = {
  /** Different keys in the file's rows that the table must hold. */
  readonly keys: number;
  readonly items: number;
  /** Keys whose item is missing or different: their number, and the first of them. */
  readonly wrong: number;
  readonly firstWrong: unknown;
};

/**
 * Compares a table with a people file, row by row, as csv-parse reads that; rows that are `bad` must not be there. In memory it
 * keeps one digest an item.
 */
export async function compareWithTable(
  file: string,
  { client, table }: { client: DynamoDBClient; table: string },
  isBad: (cells: readonly string[]) => boolean = () => false,
): Promise<TableComparison> {
  const digests = new Map<string, string>();
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    for (const item of Items) digests.set(item['id']?.S ?? '', digest(cellsOf(item)));
  }
  const keys = new Set<string>();
  let wrong = 0;
  let firstWrong: unknown = null;
  const records = createReadStream(file).pipe(
    parse({ from_line: 2, relax_column_count: true }),
  ) as AsyncIterable<string[]>;
  for await (const cells of records) {
    const [id = ''] = cells;
    const found = digests.get(id);
    if (!isBad(cells)) keys.add(id);
    if (found === (isBad(cells) ? undefined : digest(asStored(cells)))) continue;
    if (wrong++ === 0) firstWrong = { cells, isMissing: found === undefined };
  }
  return { keys: keys.size, items: digests.size, wrong, firstWrong };
}

/** DynamoDB gives numbers back without the zeros at their ends. */
function asStored(cells: readonly string[]): string[] {
  return cells.with(4, String(Number(cells[4])));
}
