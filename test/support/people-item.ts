import { hash } from 'node:crypto';

type Attribute = { readonly S?: string; readonly N?: string; readonly BOOL?: boolean };
export type PeopleItem = Readonly<Record<string, Attribute>>;

/** The cells that a row of the dataset `people` had, if its item is as it should be; attributes of another type are told. */
export function cellsOf(item: PeopleItem): string[] {
  return [
    text(item['id']),
    text(item['name']),
    text(item['email']),
    item['age']?.N ?? '(no number)',
    item['height_m']?.N ?? '(no number)',
    String(item['active']?.BOOL),
    text(item['joined']),
    // An empty cell is null, and a null is no attribute.
    item['notes'] === undefined ? '' : item['notes'].S || '(an empty string)',
    ...Object.keys(item).filter((name) => !COLUMNS.has(name)),
  ];
}

const COLUMNS = new Set(['id', 'name', 'email', 'age', 'height_m', 'active', 'joined', 'notes']);

/** Short enough to remember those of a million rows. */
export function digest(cells: readonly string[]): string {
  return hash('sha1', JSON.stringify(cells), 'base64');
}

function text(attribute: Attribute | undefined): string {
  return attribute?.S ?? '(no string)';
}
