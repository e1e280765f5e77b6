import { canonicalNumber } from '../src/core/types/numbers/canonical-number.ts';
import { checkNumber } from '../src/core/types/numbers/number-text.ts';
import type { Dataset } from '../src/core/dataset/dataset.ts';
import { SluiceError } from '../src/core/errors.ts';
import { MAX_ITEM_BYTES, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES } from '../src/core/rows/item.ts';

/** An item in DynamoDB JSON. */
export type Attributes = Record<string, Record<string, unknown>>;

export type KeySchema = {
  readonly partitionKey: KeyAttribute;
  readonly sortKey: KeyAttribute | null;
};
type KeyAttribute = { readonly name: string; readonly type: 'S' | 'N' | 'B' };

export type CheckedItem = {
  readonly attributes: Attributes;
  /** Equal for two items if and only if they have the same key. */
  readonly key: string;
  /** A 32-bit hash of the partition key; selects the partition. */
  readonly partitionHash: number;
  readonly sizeBytes: number;
};

const encoder = new TextEncoder();

/**
 * Checks an item as DynamoDB does before it accepts a batch ("Quotas in Amazon DynamoDB", "DynamoDB item sizes and
 * formats", "Supported data types and naming rules"). Returns DynamoDB's error message; throws `table-key-mismatch` if the key does not match the table's.
 */
export function checkItem(attributes: Attributes, schema: KeySchema): CheckedItem | string {
  const sizeBytes = attributesBytes(attributes);
  if (typeof sizeBytes === 'string') return sizeBytes;
  if (sizeBytes > MAX_ITEM_BYTES) return 'Item size has exceeded the maximum allowed size';
  const partition = keyValue(attributes, schema.partitionKey, MAX_PARTITION_KEY_BYTES);
  if (partition.fault !== null) return partition.fault;
  if (schema.sortKey === null) {
    return { attributes, key: partition.text, partitionHash: hashOf(partition.text), sizeBytes };
  }
  const sort = keyValue(attributes, schema.sortKey, MAX_SORT_KEY_BYTES);
  if (sort.fault !== null) return sort.fault;
  const key = `${JSON.stringify(partition.text)} ${sort.text}`;
  return { attributes, key, partitionHash: hashOf(partition.text), sizeBytes };
}

/** The size of an item, or why it is none. */
export function attributesBytes(attributes: Attributes): number | string {
  let sizeBytes = 0;
  for (const [name, value] of Object.entries(attributes)) {
    const valueBytes = sizeOf(value);
    if (typeof valueBytes === 'string') return valueBytes;
    sizeBytes += Buffer.byteLength(name) + valueBytes;
  }
  return sizeBytes;
}

/**
 * "DynamoDB item sizes and formats": strings by their UTF-8, numbers about half a byte a digit and one more, booleans and nulls one; a
 * list or a map three, and one more for each member.
 */
function sizeOf(value: Record<string, unknown>): number | string {
  const [entry, second] = Object.entries(value);
  if (entry === undefined || second !== undefined) return UNSUPPORTED;
  const [type, content] = entry;
  switch (type) {
    case 'S':
      return typeof content === 'string' ? Buffer.byteLength(content) : UNSUPPORTED;
    case 'N':
      return typeof content === 'string' ? numberBytes(content) : UNSUPPORTED;
    case 'B':
      return typeof content === 'string' ? Buffer.from(content, 'base64').length : UNSUPPORTED;
    case 'BOOL':
      return typeof content === 'boolean' ? 1 : UNSUPPORTED;
    case 'NULL':
      return content === true ? 1 : UNSUPPORTED;
    case 'SS':
    case 'NS':
    case 'BS': {
      if (!Array.isArray(content) || content.length === 0) return 'An string set may not be empty';
      return sumOf(content.map((member) => sizeOf({ [type.charAt(0)]: member as unknown })));
    }
    case 'L':
      if (!Array.isArray(content)) return UNSUPPORTED;
      return sumOf([3, ...content.flatMap((member) => [1, sizeOf(member as Record<string, unknown>)])]);
    case 'M': {
      if (typeof content !== 'object' || content === null) return UNSUPPORTED;
      return sumOf([3 + Object.keys(content).length, attributesBytes(content as Attributes)]);
    }
    default:
      return UNSUPPORTED;
  }
}

const UNSUPPORTED = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';

function sumOf(sizes: readonly (number | string)[]): number | string {
  const fault = sizes.find((size) => typeof size === 'string');
  return fault ?? (sizes as readonly number[]).reduce((sum, size) => sum + size, 0);
}

function numberBytes(text: string): number | string {
  const bytes = encoder.encode(text);
  if (checkNumber(bytes, 0, bytes.length) !== 'ok')
    return `The parameter cannot be converted to a numeric value: ${text}`;
  const digits = canonicalNumber(text)
    .replace(/E.*$/, '')
    .replaceAll(/[^0-9]/g, '')
    .replace(/^0+/, '').length;
  return Math.ceil(digits / 2) + (text.startsWith('-') ? 2 : 1);
}

function keyValue(
  attributes: Attributes,
  { name, type }: KeyAttribute,
  maxBytes: number,
): { text: string; fault: string | null } {
  const value = attributes[name]?.[type];
  if (typeof value !== 'string') {
    throw new SluiceError(
      'table-key-mismatch',
      `The table's key ${name} is missing in an item or of another type. Fix table.partition_key and table.sort_key.`,
    );
  }
  if (type === 'N') return { text: canonicalNumber(value), fault: null };
  const bytes = Buffer.byteLength(value);
  if (bytes === 0)
    return {
      text: '',
      fault: `The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    };
  if (bytes > maxBytes)
    return {
      text: '',
      fault: `Size of the key ${name} has exceeded the maximum size limit of ${maxBytes} bytes`,
    };
  return { text: value, fault: null };
}

/** The key attributes of a dataset's table, as Terraform creates it. */
export function keySchema({ key }: Dataset): KeySchema {
  return { partitionKey: key.partition, sortKey: key.sort };
}

/** FNV-1a with Murmur's last step: DynamoDB does not publish its hash, but it is not the loader's. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
