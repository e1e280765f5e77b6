import { type Problem, shown } from '../reading/problem.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';

/** A name that the document gives, and where. */
type Given = { readonly name: string; readonly path: readonly string[]; readonly what: string };

/** Names that collide: of columns in headers, and of attributes, which must not nest into each other either. */
export function nameProblems(document: ResolvedDocument): readonly Problem[] {
  return [...headerProblems(document), ...attributeProblems(document)];
}

/** As a header's names are compared: NFC, trimmed, single spaces. */
export function headerName(name: string, matchNames: 'exact' | 'ignore_case'): string {
  const text = name.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
  return matchNames === 'ignore_case' ? text.toLowerCase() : text;
}

function headerProblems({ columns, format }: ResolvedDocument): readonly Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, string>();
  for (const [column, { aliases = [] }] of Object.entries(columns)) {
    for (const [index, name] of [column, ...aliases].entries()) {
      const key = headerName(name, format.match_names);
      const owner = taken.get(key);
      taken.set(key, column);
      if (owner === undefined) continue;
      const text =
        owner === column
          ? `${shown(name)} names this column already`
          : `${shown(name)} is also a name of the column ${shown(owner)}`;
      const isAlias = index > 0;
      problems.push({
        path: isAlias ? ['columns', column, 'aliases'] : ['columns', column],
        at: isAlias ? 'value' : 'name',
        text,
      });
    }
  }
  return problems;
}

function attributeProblems({
  columns,
  attributes,
  other_columns,
  items,
}: ResolvedDocument): readonly Problem[] {
  const given: Given[] = Object.entries(columns).map(([column, { as }]) => ({
    name: as ?? column,
    path: as === undefined ? ['columns', column] : ['columns', column, 'as'],
    what: `the column ${shown(column)}`,
  }));
  if (typeof other_columns === 'object') {
    given.push({
      name: other_columns.collect,
      path: ['other_columns', 'collect'],
      what: 'the map of other columns',
    });
  }
  for (const { name } of attributes) {
    given.push({ name, path: ['attributes', name], what: `the attribute ${shown(name)}` });
  }
  const row = collisions(given);
  const inItems = items.flatMap((item) => {
    const own = item.attributes.map(({ name }) => ({
      name,
      path: ['items', item.name, 'attributes', name],
      what: `the attribute ${shown(name)}`,
    }));
    return collisions([...given, ...own]).filter(({ path }) => path[0] === 'items');
  });
  return [...row, ...inItems];
}

function collisions(given: readonly Given[]): readonly Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, Given>();
  /** By each name that another one nests into. */
  const parents = new Map<string, Given>();
  for (const one of given) {
    const same = taken.get(one.name);
    const above = ancestors(one.name)
      .map((name) => taken.get(name))
      .find((each) => each !== undefined);
    const below = parents.get(one.name);
    const text =
      same !== undefined
        ? `${shown(one.name)} is also the attribute of ${same.what}; give one of them another name with as`
        : above !== undefined
          ? `${shown(one.name)} would be inside ${shown(above.name)}, the attribute of ${above.what}`
          : below === undefined
            ? null
            : `${shown(one.name)} would hold ${shown(below.name)}, the attribute of ${below.what}`;
    const last = one.path.at(-1);
    const at = last === 'as' || last === 'collect' ? 'value' : 'name';
    if (text !== null) problems.push({ path: one.path, at, text });
    taken.set(one.name, one);
    for (const name of ancestors(one.name)) parents.set(name, one);
  }
  return problems;
}

/** `a.b.c` nests into `a.b` and `a`. */
function ancestors(name: string): readonly string[] {
  const names: string[] = [];
  for (let end = name.lastIndexOf('.'); end > 0; end = name.lastIndexOf('.', end - 1)) {
    names.push(name.slice(0, end));
  }
  return names;
}
