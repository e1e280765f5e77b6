/** What `docs/json.md` says of one field. */
type Field = {
  readonly path: string;
  readonly types: readonly string[];
  readonly isAlways: boolean;
  /** The types that outputs had. */
  readonly seen: Set<string>;
};

/** What an output may contain. */
export type Contract = {
  /** Compares an output with the tables. Answers what does not fit, a line each. */
  problems(output: unknown): readonly string[];
  /** What is documented, and was in none of the outputs: `path: type`. */
  unseen(): readonly string[];
};

/** The fields that the tables of a section document. Two contracts with the same section share what they have seen. */
export type Section = readonly Field[];

/** The sections of the page by heading, without the marks of code. */
export function sectionsOf(
  page: string,
): ReadonlyMap<string, { fields: Section; examples: readonly unknown[] }> {
  return new Map(
    page.split(/^## /m).map((text) => {
      const heading = text.split('\n', 1)[0]!.replaceAll('`', '');
      const examples = [...text.matchAll(/^```json\n(.*?)^```/gms)].map(([, json]) => JSON.parse(json!));
      return [heading, { fields: fieldsOf(text), examples }];
    }),
  );
}

function fieldsOf(text: string): Section {
  return [...text.matchAll(/^\| `([^`]+)` \| ([a-z ]+) \| ([^|]+) \|/gm)].map(([, path, type, present]) => ({
    path: path!,
    types: type!.split(' or '),
    isAlways: present === 'always',
    seen: new Set(),
  }));
}

/** Each section's fields stand at its prefix. An open contract allows further fields beside the documented ones. */
export function contract(
  sections: readonly (readonly [prefix: string, Section])[],
  { isOpen = false } = {},
): Contract {
  const fields = new Map(
    sections.flatMap(([prefix, section]) => section.map((field) => [prefix + field.path, field])),
  );
  return {
    problems(output) {
      const found: string[] = [];
      compare(output, '', found);
      return found;
    },
    unseen: () =>
      [...fields].flatMap(([path, { types, seen }]) =>
        types.filter((type) => !seen.has(type)).map((type) => `${path}: ${type}`),
      ),
  };

  function compare(parent: unknown, prefix: string, found: string[]): void {
    const entries = Object.entries(parent as object);
    for (const [path, { isAlways }] of fields) {
      const name = path.startsWith(prefix) ? path.slice(prefix.length) : '.';
      const isChild = !/[.[]/.test(name) && name !== 'NAME';
      if (isChild && isAlways && !entries.some(([key]) => key === name)) found.push(`${path} is missing`);
    }
    for (const [key, value] of entries) {
      const path = fields.has(`${prefix}NAME`) ? `${prefix}NAME` : prefix + key;
      const field = fields.get(path);
      if (field === undefined && !isOpen) found.push(`${path} is not documented`);
      if (field === undefined) continue;
      const type = field.types.find((each) => isOfType(value, each));
      if (type === undefined)
        found.push(`${path} is ${JSON.stringify(value)}, not ${field.types.join(' or ')}`);
      else field.seen.add(type);
      if (type === 'object') compare(value, `${path}.`, found);
      if (type === 'list') for (const element of value as unknown[]) compare(element, `${path}[].`, found);
    }
  }
}

function isOfType(value: unknown, type: string): boolean {
  const [, element] = /^list of (.*)$/.exec(type) ?? [];
  if (element !== undefined) return Array.isArray(value) && value.every((each) => isOfType(each, element));
  if (type === 'null') return value === null;
  if (type === 'list') return Array.isArray(value) && value.every((each) => isOfType(each, 'object'));
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
