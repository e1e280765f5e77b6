import { SluiceError } from '../errors.ts';
import type { Dataset } from './dataset.ts';
import { cellSpecs, keyTypeOf } from './resolved/attribute-type.ts';
import type { IndexSpec, Key, KeyAttribute } from './resolved/table-spec.ts';

/** The keys of a table, and of its indexes by name, as DynamoDB describes them. */
export type TableShape = { readonly key: Key; readonly indexes: Readonly<Record<string, Key>> };

/** As much of DescribeTable's answer as the shape needs. */
type TableDescription = {
  readonly AttributeDefinitions?:
    | readonly {
        readonly AttributeName?: string | undefined;
        readonly AttributeType?: string | undefined;
      }[]
    | undefined;
  readonly KeySchema?: KeySchema | undefined;
  readonly GlobalSecondaryIndexes?: readonly IndexDescription[] | undefined;
  readonly LocalSecondaryIndexes?: readonly IndexDescription[] | undefined;
};
type IndexDescription = {
  readonly IndexName?: string | undefined;
  readonly KeySchema?: KeySchema | undefined;
};
type KeySchema = readonly {
  readonly AttributeName?: string | undefined;
  readonly KeyType?: string | undefined;
}[];

/** The shape in DescribeTable's answer. */
export function tableShape(table: TableDescription): TableShape {
  const { AttributeDefinitions = [], GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = table;
  const types = new Map(
    AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );
  return {
    key: keyOf(table.KeySchema),
    indexes: Object.fromEntries(
      [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map((index) => [
        index.IndexName ?? '',
        keyOf(index.KeySchema),
      ]),
    ),
  };

  function keyOf(schema: KeySchema = []): Key {
    const attribute = (kind: string): KeyAttribute | null => {
      const name = schema.find(({ KeyType }) => KeyType === kind)?.AttributeName;
      return name === undefined ? null : { name, type: types.get(name) as KeyAttribute['type'] };
    };
    return { partition: attribute('HASH') ?? { name: '', type: 'S' }, sort: attribute('RANGE') };
  }
}

/**
 * Compares a dataset with its table, which the deployment has not created. Throws `table-key-mismatch` if the key has other names or
 * types; `table-index-mismatch` if an index that the dataset declares is missing or has another key, or if an attribute of the
 * dataset has another type than an index's key: DynamoDB would reject each item with it.
 */
export function checkTableShape(dataset: Dataset, shape: TableShape): void {
  const { name, key, table } = dataset;
  const where = `Table '${table.existing ?? table.name}'`;
  const data = { dataset: name, table: table.existing ?? table.name };
  if (keyText(shape.key) !== keyText(key)) {
    throw new SluiceError(
      'table-key-mismatch',
      `${where} has the key ${keyText(shape.key)}, and dataset '${name}' declares ${keyText(key)}. Change table.partition_key, table.sort_key or the types of these attributes in datasets/${name}.yaml, or name another table.`,
      { data: { ...data, found: keyText(shape.key), declared: keyText(key) } },
    );
  }
  for (const [index, { partition_key, sort_key }] of Object.entries(table.indexes)) {
    const declared = keyText({ partition: partition_key, sort: sort_key });
    const found = shape.indexes[index] === undefined ? null : keyText(shape.indexes[index]);
    if (found === declared) continue;
    throw new SluiceError(
      'table-index-mismatch',
      `${where} ${found === null ? `has no index '${index}'; its indexes: ${Object.keys(shape.indexes).join(', ') || 'none'}` : `has the index '${index}' with the key ${found}`}. Dataset '${name}' declares the index with the key ${declared}. Change table.indexes in datasets/${name}.yaml, or the table.`,
      { data: { ...data, index, found, declared } },
    );
  }
  const types = declaredTypes(dataset);
  for (const [index, { partition, sort }] of Object.entries(shape.indexes)) {
    for (const attribute of [partition, sort]) {
      const declared = attribute === null ? undefined : types.get(attribute.name);
      if (attribute === null || declared === undefined || declared === attribute.type) continue;
      throw new SluiceError(
        'table-index-mismatch',
        `${where} has the index '${index}' with the key attribute ${attributeText(attribute)}, and dataset '${name}' declares ${attributeText({ ...attribute, type: declared })}: DynamoDB would reject each item with it. Change the attribute's type or its name in datasets/${name}.yaml.`,
        { data: { ...data, index, found: attribute.type, declared } },
      );
    }
  }
}

/** The dataset with all indexes of its table, so that values of the wrong type in their keys are rejected before they are sent. */
export function withIndexesOf(dataset: Dataset, { indexes }: TableShape): Dataset {
  const found = Object.entries(indexes).map(([name, { partition, sort }]): [string, IndexSpec] => [
    name,
    { partition_key: partition, sort_key: sort, projection: 'all', include: [], local: false },
  ]);
  return { ...dataset, table: { ...dataset.table, indexes: Object.fromEntries(found) } };
}

/** `id (S), at (N)` */
export function keyText({ partition, sort }: Key): string {
  return [partition, ...(sort === null ? [] : [sort])].map(attributeText).join(', ');
}

function attributeText({ name, type }: KeyAttribute): string {
  return `${name} (${type})`;
}

/** Of columns and attributes that the document names. Other columns are strings, if the file has them. */
function declaredTypes({
  columns,
  attributes,
  items,
  format,
}: Dataset): ReadonlyMap<string, KeyAttribute['type']> {
  const stored = Object.fromEntries(Object.entries(columns).filter(([, column]) => column.drop !== true));
  const specs = cellSpecs(stored, [...attributes, ...items.flatMap((item) => item.attributes)]);
  return new Map([...specs].map(([name, spec]) => [name, keyTypeOf(spec, format)]));
}
