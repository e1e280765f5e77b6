/**
 * The document that a resolved dataset, as JSON, comes from: of a dataset that another version of Sluice wrote, this version reads
 * what it knows by its own schema, and refuses the rest. What is null when resolved is left out, or `none`.
 */
export function unresolved(resolved: Fields): Record<string, unknown> {
  const {
    name: _n,
    digest: _d,
    key: _k,
    columns,
    transform,
    attributes,
    items,
    write,
    table,
    ...rest
  } = resolved;
  return {
    ...withNone(withoutNulls(rest, ['where'])),
    columns: eachOf(columns, cellOf),
    ...(isMap(transform) ? { transform: transform['path'] } : {}),
    attributes: attributesOf(attributes),
    items: itemsOf(items),
    write: writeOf(write),
    table: isMap(table) ? tableOf(table) : table,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function attributesOf(attributes: unknown): unknown {
  return byName(attributes, ({ template, ...spec }) => {
    if ('ttl' in spec) return withoutNulls(spec, ['after']);
    return Object.keys(spec).length === 0 ? template : { value: template, ...cellOf(spec) };
  });
}

function itemsOf(items: unknown): unknown {
  if (Array.isArray(items) && items.length === 1 && isMap(items[0]) && items[0]['name'] === '') return {};
  return byName(items, ({ attributes, write, exclude, ...item }) => ({
    ...withoutNulls(item, ['where', 'include']),
    ...(Array.isArray(exclude) && exclude.length === 0 ? {} : { exclude }),
    attributes: attributesOf(attributes),
    write: writeOf(write),
  }));
}

function writeOf(write: unknown): unknown {
  if (!isMap(write)) return write;
  const { mode, ...rest } = write;
  return { ...(rest['op_column'] === null ? { mode } : {}), ...withNone(withoutNulls(rest, ['ops'])) };
}

/** Of a table that is another dataset's, the document has the other dataset's name only. */
function tableOf({ same_as, name, indexes, ...table }: Fields): Fields {
  if (same_as !== null) return { same_as };
  return {
    ...withNone(table),
    ...(table['existing'] === null ? { name } : {}),
    indexes: eachOf(indexes, indexOf),
  };
}

function indexOf({ partition_key, sort_key, projection, include, ...rest }: Fields): Fields {
  return {
    ...rest,
    partition_key: isMap(partition_key) ? partition_key['name'] : partition_key,
    ...(isMap(sort_key) ? { sort_key: sort_key['name'] } : {}),
    projection: projection === 'include' ? include : projection,
  };
}

function cellOf({ length, ...spec }: Fields): Fields {
  return length === undefined
    ? spec
    : { ...spec, length: isMap(length) ? withoutNulls(length, ['max']) : length };
}

/** A list of maps with names as a map; anything else as it is: the schema refuses it. */
function byName(list: unknown, valueOf: (spec: Fields) => unknown): unknown {
  if (!Array.isArray(list) || !list.every(isMap)) return list;
  return Object.fromEntries(list.map(({ name, ...spec }) => [String(name), valueOf(spec)]));
}

function eachOf(map: unknown, valueOf: (spec: Fields) => unknown): unknown {
  if (!isMap(map)) return map;
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [name, isMap(value) ? valueOf(value) : value]),
  );
}

/** With `none` for nulls, in the map and in its maps. */
function withNone(map: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [
      name,
      value === null ? 'none' : isMap(value) ? withNone(value) : value,
    ]),
  );
}

function withoutNulls(map: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(map).filter(([name, value]) => value !== null || !names.includes(name)),
  );
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
