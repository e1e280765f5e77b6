import { canonicalNumber } from '../../../core/types/numbers/canonical-number.ts';

export type TableKey = { readonly partitionKey: string; readonly sortKey: string | null };

/**
 * Finds the puts and deletes that DynamoDB gave back among those of the request. It may write them otherwise than they were sent (`1` for
 * `1.0`, attributes in another order), so they are told by their keys. Answers their indexes, ascending; null where the
 * answer names something that wasn't sent. `requestBody` is the request's as it went out.
 */
export function unprocessedIndexes(
  unprocessed: Readonly<Record<string, unknown>>,
  requestBody: Buffer,
  table: string,
  key: TableKey,
): number[] | null {
  const sent = requestedItems(
    (JSON.parse(requestBody.toString()) as { RequestItems: object }).RequestItems,
    table,
  );
  const back = requestedItems(unprocessed, table);
  if (sent === null || back === null) return null;
  const indexes = new Map(sent.map((item, index) => [keyText(item, key), index]));
  const held = new Set<number>();
  for (const item of back) {
    const text = keyText(item, key);
    const index = text === null ? undefined : indexes.get(text);
    if (index === undefined) return null;
    held.add(index);
  }
  return [...held].sort((a, b) => a - b);
}

/** The items of a table's put requests, and the keys of its delete requests; null where there is anything else. */
function requestedItems(requestItems: object, table: string): Record<string, unknown>[] | null {
  const entries = Object.entries(requestItems);
  if (entries.some(([name]) => !isTable(name, table))) return null;
  const requests: unknown = entries[0]?.[1] ?? [];
  if (!Array.isArray(requests)) return null;
  const items = requests.map(
    (request: unknown) =>
      field(field(request, 'PutRequest'), 'Item') ?? field(field(request, 'DeleteRequest'), 'Key'),
  );
  return items.every(isRecord) ? items : null;
}

/** Answers may name the table of a request by its ARN, or by its name alone. */
function isTable(name: string, table: string): boolean {
  return name === table || table.endsWith(`:table/${name}`) || name.endsWith(`:table/${table}`);
}

/** One text a key; null where the item lacks an attribute of it. */
function keyText(item: Record<string, unknown>, { partitionKey, sortKey }: TableKey): string | null {
  const partition = valueText(item[partitionKey]);
  const sort = sortKey === null ? '' : valueText(item[sortKey]);
  return partition === null || sort === null ? null : JSON.stringify([partition, sort]);
}

/** Of an attribute value such as `{"N":"1"}`. */
function valueText(value: unknown): string | null {
  if (!isRecord(value)) return null;
  const entry = Object.entries(value)[0];
  if (entry === undefined || typeof entry[1] !== 'string') return null;
  const [type, text] = entry;
  return type + (type === 'N' ? canonicalNumber(text) : text);
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

/** A JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
