import * as z from 'zod';

export type ScalarKind = 'string' | 'number' | 'boolean';

/** The schema of one entry of a map or list, null where the schema has none of that name. */
export function schemaOfEntry(schema: z.ZodType, name: string): z.ZodType | null {
  for (const bare of alternatives(schema)) {
    if (bare instanceof z.ZodObject && Object.hasOwn(bare.shape, name)) return bare.shape[name] as z.ZodType;
    if (bare instanceof z.ZodRecord) return bare.valueType as z.ZodType;
    if (bare instanceof z.ZodArray) return bare.element as z.ZodType;
  }
  return null;
}

/** The schema at a path, null where there is none. */
export function schemaAt(schema: z.ZodType, path: readonly string[]): z.ZodType | null {
  return path.reduce<z.ZodType | null>((at, name) => at && schemaOfEntry(at, name), schema);
}

/** Names of the fields that a map of this schema may have; empty where any name may stand. */
export function fieldsOf(schema: z.ZodType): readonly string[] {
  return alternatives(schema).flatMap((bare) => (bare instanceof z.ZodObject ? Object.keys(bare.shape) : []));
}

/** The words of which one must stand there, empty where another scalar may. */
export function wordsOf(schema: z.ZodType): readonly string[] {
  const scalars = alternatives(schema).filter((bare) => kindOf(bare) !== null);
  const isChoice = scalars.every((bare) => bare instanceof z.ZodEnum || bare instanceof z.ZodLiteral);
  return (isChoice ? scalars : []).flatMap((bare) =>
    bare instanceof z.ZodEnum
      ? bare.options.map(String)
      : bare instanceof z.ZodLiteral
        ? [...bare.values].map(String)
        : [],
  );
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
  return new Set(alternatives(schema).flatMap((bare) => kindOf(bare) ?? []));
}

/** The schemas of which one must hold, each without its default. */
export function alternatives(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return alternatives(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodUnion) {
    return schema.options.flatMap((option) => alternatives(option as z.ZodType));
  }
  return [schema];
}

function kindOf(bare: z.ZodType): ScalarKind | null {
  if (bare instanceof z.ZodNumber) return 'number';
  if (bare instanceof z.ZodBoolean) return 'boolean';
  const isText = bare instanceof z.ZodString || bare instanceof z.ZodEnum || bare instanceof z.ZodLiteral;
  return isText ? 'string' : null;
}
