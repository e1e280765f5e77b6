import fc from 'fast-check';
import { type Dataset, resolveDocument } from '../../../src/core/dataset/dataset.ts';

const NAMES = ['id', 'a', 'b', 'n', 'flag', 'm.x', 'm.y', 'other'] as const;
export const header = NAMES.map((name) => (name.startsWith('m.') ? name.slice(2) : name));

const filter = fc.constantFrom('upper', 'lower', 'trim', 'encode', 'hash:6', 'pad:12', 'default:none');
const reference = fc
  .tuple(fc.constantFrom(...NAMES), fc.array(filter, { maxLength: 3 }))
  .map(([name, filters]) => `\${${[name, ...filters].join(' | ')}}`);
const literal = fc.constantFrom('#', 'A#', ' ', '"', '\\', 'é', '}{', ':');
const template = fc
  .array(fc.oneof(reference, literal), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''));
const column = fc.record(
  { type: fc.constantFrom('string', 'number', 'boolean'), drop: fc.constant(true) },
  { requiredKeys: [] },
);
const names = fc.subarray(['a', 'b', 'n', 'm', 'm.x', 'pk', 't1']);

/** Documents with everything that the reference knows. */
export const document = fc
  .record({
    a: column,
    b: column,
    x: fc.record({ type: fc.constantFrom('string', 'number') }, { requiredKeys: [] }),
    other_columns: fc.constantFrom('keep', 'drop', { collect: 'extras' }),
    where: fc.constantFrom(undefined, "id == 'x'", 'id != null'),
    pk: template,
    t1: template,
    hasSort: fc.boolean(),
    items: fc.option(
      fc.record({
        one: fc.record({ include: names, sk: template }),
        two: fc.record({ exclude: names, sk: template, x2: template }),
      }),
    ),
  })
  .map(({ a, b, x, other_columns, where, pk, t1, hasSort, items }) => ({
    source: { prefix: 'p/' },
    columns: {
      id: 'string',
      a,
      b,
      n: { type: 'number' },
      flag: { type: 'boolean' },
      x: { ...x, as: 'm.x' },
      y: { as: 'm.y' },
    },
    other_columns,
    ...(where === undefined || where.includes('!=') ? {} : { where }),
    attributes: { pk, t1, ...(items === null && hasSort ? { sk: '${n}!' } : {}) },
    ...(items === null
      ? {}
      : {
          items: {
            one: { include: [...items.one.include, 'n'], attributes: { sk: items.one.sk } },
            two: {
              where: "m.y == 'x'",
              exclude: items.two.exclude,
              attributes: { sk: items.two.sk, x2: items.two.x2 },
            },
          },
        }),
    table: { partition_key: 'pk', ...(items !== null || hasSort ? { sort_key: 'sk' } : {}) },
  }));

const anyText = fc.oneof(
  fc.constantFrom(
    'x',
    'X',
    '',
    '#',
    'A#b',
    '"}',
    '"},"pk":{"S":"evil"}',
    '\\',
    '\\"',
    '\n',
    '💚',
    ' y ',
    '1',
    '-7',
    '${a}',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !text.includes('\0')),
);
const cellOf = (name: string): fc.Arbitrary<string | null> =>
  name === 'n'
    ? fc.option(fc.integer().map(String))
    : name === 'flag'
      ? fc.constantFrom(null, 'yes', 'FALSE', '1', 'maybe')
      : fc.oneof({ weight: 5, arbitrary: anyText }, fc.constant(null));
export const row = fc.tuple(...NAMES.map(cellOf));

export const written = (cells: readonly (string | null)[]) =>
  cells.map((cell) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`)).join(',');

/** Of generated documents, those that are valid. */
export function resolved(value: object): Dataset | null {
  const dataset = resolveDocument('people', value);
  return 'digest' in dataset ? dataset : null;
}
