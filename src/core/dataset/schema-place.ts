import * as z from 'zod';

export type ScalarKind = 'string' | 'number' | 'boolean';

/** The schema of one entry of a map or list, null where the schema has none of that name. */
export function schemaOfEntry(schema: z.ZodType, name: string): z.ZodType | null {
  const bare = withoutDefault(schema);
  if (bare instanceof z.ZodObject)
    return Object.hasOwn(bare.shape, name) ? (bare.shape[name] as z.ZodType) : null;
  if (bare instanceof z.ZodRecord) return bare.valueType as z.ZodType;
  if (bare instanceof z.ZodArray) return bare.element as z.ZodType;
  return null;
}

/** The schema at a path, null where there is none. */
export function schemaAt(schema: z.ZodType, path: readonly string[]): z.ZodType | null {
  return path.reduce<z.ZodType | null>((at, name) => at && schemaOfEntry(at, name), schema);
}

/** Names of the fields that a map of this schema may have; empty where any name may stand. */
export function fieldsOf(schema: z.ZodType): readonly string[] {
  const bare = withoutDefault(schema);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

/** The words of which one must stand there, empty where it is not a choice of words. */
export function wordsOf(schema: z.ZodType): readonly string[] {
  const bare = withoutDefault(schema);
  return bare instanceof z.ZodEnum ? bare.options.map(String) : [];
}

/** Every field that can be named without knowing the names in a document: `format.delimiter`, and not `columns.age.type`. */
export function allFields(schema: z.ZodType, above: readonly string[] = []): readonly (readonly string[])[] {
  return fieldsOf(schema).flatMap((name) => {
    const path = [...above, name];
    return [path, ...allFields(schemaOfEntry(schema, name)!, path)];
  });
}

/** What a scalar may be there. A text is taken as it is written only where nothing else fits. */
export function kindsOf(schema: z.ZodType): ReadonlySet<ScalarKind> {
  const bare = withoutDefault(schema);
  if (bare instanceof z.ZodUnion) {
    return new Set(bare.options.flatMap((option) => [...kindsOf(option as z.ZodType)]));
  }
  if (bare instanceof z.ZodNumber) return new Set(['number']);
  if (bare instanceof z.ZodBoolean) return new Set(['boolean']);
  if (bare instanceof z.ZodString || bare instanceof z.ZodEnum) return new Set(['string']);
  return new Set();
}

function withoutDefault(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return withoutDefault(schema.unwrap() as z.ZodType);
  }
  return schema;
}
