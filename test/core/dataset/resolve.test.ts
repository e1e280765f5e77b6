import { describe, expect, test } from 'vitest';
import { resolveDatasets } from '../../../src/core/dataset/resolve.ts';

const good = 'source: { prefix: people/ }\ntable: { partition_key: id }\n';
const fields =
  'Allowed: source, expect, format, columns, other_columns, where, transform, attributes, items, write, load, table';

/** `text`: the whole document; `more`: what stands behind a good one, whose lines are 1 and 2. */
type Wrong = [what: string, document: { text: string } | { more: string }, ...lines: string[]];

const wrong: Wrong[] = [
  // Fields.
  [
    'a field of the top that is misspelt, whose map is then missing',
    { text: 'source: { prefix: p/ }\ntabel: { partition_key: id }\n' },
    '1:1: table: is missing; it must be a map of fields',
    `2:1: tabel: 'tabel' is not a field; did you mean 'table'? ${fields}`,
  ],
  [
    'a field that is misspelt',
    { more: 'format:\n  delimitter: ";"\n' },
    "4:3: format.delimitter: 'delimitter' is not a field of format; did you mean 'delimiter'?",
  ],
  [
    'a field with another case',
    { more: 'Format: {}\n' },
    `3:1: Format: 'Format' is not a field; did you mean 'format'? ${fields}`,
  ],
  ['a field like no other', { more: 'zebra: 1\n' }, `3:1: zebra: 'zebra' is not a field. ${fields}`],
  [
    'a field in the wrong map',
    { more: 'delimiter: ";"\n' },
    `3:1: delimiter: 'delimiter' is not a field; did you mean 'format.delimiter'? ${fields}`,
  ],
  [
    'a misspelt field in the wrong map',
    { more: 'max_reject: 5\n' },
    `3:1: max_reject: 'max_reject' is not a field; did you mean 'load.max_rejects'? ${fields}`,
  ],
  [
    'the delimiter of pandas',
    { more: 'sep: ";"\n' },
    `3:1: sep: 'sep' is not a field; did you mean 'format.delimiter'? ${fields}`,
  ],
  [
    'the delimiter of pandas in the right map',
    { more: 'format: { sep: ";" }\n' },
    "3:11: format.sep: 'sep' is not a field of format; did you mean 'delimiter'?",
  ],
  [
    'the quote of pandas',
    { more: "format: { quotechar: '\"' }\n" },
    "3:11: format.quotechar: 'quotechar' is not a field of format; did you mean 'quote'?",
  ],
  [
    'the key of SQL',
    { text: 'source: { prefix: p/ }\ntable:\n  primary_key: id\n' },
    '2:1: table.partition_key: is missing; it must be a text of 1 to 255 characters',
    `3:3: table.primary_key: 'primary_key' is not a field of table; did you mean 'partition_key'?`,
  ],
  [
    'the keys of the DynamoDB API',
    {
      text: 'source: { prefix: p/ }\ntable: { partition_key: id, hash_key: id, rangeKey: at, capacity: 5 }\n',
    },
    `2:29: table.hash_key: 'hash_key' is not a field of table; did you mean 'partition_key'?`,
    `2:43: table.rangeKey: 'rangeKey' is not a field of table; did you mean 'sort_key'?`,
    `2:57: table.capacity: 'capacity' is not a field of table; did you mean 'write_units'?`,
  ],
  [
    'a field of a column',
    { more: 'columns:\n  age: { typ: number }\n' },
    "4:10: columns.age.typ: 'typ' is not a field of columns.age; did you mean 'type'?",
  ],
  // Words and values.
  [
    'a type of another language',
    { more: 'columns:\n  age:\n    type: int\n' },
    "5:11: columns.age.type: 'int' is not a type; did you mean 'number'? Allowed: string, number, boolean",
  ],
  [
    'a type that is misspelt',
    { more: 'columns: { age: { type: nubmer } }\n' },
    "3:25: columns.age.type: 'nubmer' is not a type; did you mean 'number'? Allowed: string, number, boolean",
  ],
  [
    'a type like no other, of a column with a space in its name',
    { more: 'columns: { Order No: { type: geometry } }\n' },
    "3:30: columns.'Order No'.type: 'geometry' is not a type. Allowed: string, number, boolean",
  ],
  [
    'a type where the map should be',
    { more: 'columns: { age: nubmer }\n' },
    "3:17: columns.age: 'nubmer' is not a type or a map of fields such as { type: number }; did you mean 'number'? Allowed: string, number, boolean, drop",
  ],
  [
    'a list of columns',
    { more: 'columns: [a, b]\n' },
    '3:10: columns: a list is not a map of columns by name',
  ],
  [
    'a column without a name',
    { more: 'columns: { "": { type: number } }\n' },
    "3:12: columns.'': '' is not the name of a column",
  ],
  [
    'the billing of the AWS API',
    { text: 'source: { prefix: p/ }\ntable: { partition_key: id, billing: PAY_PER_REQUEST }\n' },
    "2:38: table.billing: 'PAY_PER_REQUEST' is not a billing mode; did you mean 'on_demand'? Allowed: provisioned, on_demand",
  ],
  [
    'a delimiter of two characters',
    { more: 'format: { delimiter: "||" }\n' },
    `3:22: format.delimiter: '||' is not one ASCII character; did you mean "|"?`,
  ],
  [
    'a tab that is no tab',
    { more: 'format: { delimiter: \\t }\n' },
    String.raw`3:22: format.delimiter: '\\t' is not one ASCII character; did you mean "\t", in double quotes?`,
  ],
  [
    'a delimiter that is no ASCII',
    { more: 'format: { delimiter: "¦" }\n' },
    "3:22: format.delimiter: '¦' is not one ASCII character",
  ],
  [
    'a yes of YAML 1.1',
    { more: 'format: { trim: yes }\n' },
    "3:17: format.trim: 'yes' is not true or false; did you mean true, without quotes?",
  ],
  [
    'a number in quotes',
    { more: 'load: { chunk_mb: "64" }\n' },
    "3:19: load.chunk_mb: '64' is not a whole number from 1 to 65,536; did you mean 64, without quotes?",
  ],
  [
    'a number with thousands',
    { more: 'load: { chunk_mb: 1_000 }\n' },
    "3:19: load.chunk_mb: '1_000' is not a whole number from 1 to 65,536; did you mean 1000, without quotes?",
  ],
  [
    'a number that is too small',
    { more: 'load: { max_parallel: 0 }\n' },
    '3:23: load.max_parallel: 0 is not a whole number from 1 to 100',
  ],
  [
    'a part of a number',
    { more: 'load: { max_rejects: 1.5 }\n' },
    '3:22: load.max_rejects: 1.5 is not a whole number of 0 or more or none',
  ],
  [
    'no number',
    { more: 'load: { max_reject_ratio: .nan }\n' },
    '3:27: load.max_reject_ratio: NaN is not a number from 0 to 1',
  ],
  [
    'a percentage',
    { more: 'load: { max_reject_ratio: 5 }\n' },
    '3:27: load.max_reject_ratio: 5 is not a number from 0 to 1',
  ],
  [
    'a map where a text should be',
    { text: 'source: { prefix: { a: b } }\ntable: { partition_key: id }\n' },
    `1:19: source.prefix: a map is not 1 to 512 of a-z, A-Z, 0-9 and !-_.'()/`,
  ],
  [
    'a field without a value',
    { text: 'source:\n  prefix:\ntable: { partition_key: id }\n' },
    `2:10: source.prefix: has no value; it must be 1 to 512 of a-z, A-Z, 0-9 and !-_.'()/`,
  ],
  [
    'a wildcard in the prefix',
    { text: 'source: { prefix: "p*/" }\ntable: { partition_key: id }\n' },
    `1:19: source.prefix: 'p*/' is not 1 to 512 of a-z, A-Z, 0-9 and !-_.'()/`,
  ],
  [
    'a name that no table can have',
    { text: 'source: { prefix: p/ }\ntable: { partition_key: id, name: My Table }\n' },
    "2:35: table.name: 'My Table' is not a name of 1 to 63 of a-z, 0-9 and -, that begins with a letter or digit",
  ],
  // What does not fit together.
  [
    'the quote as the delimiter',
    { more: `format: { delimiter: '"', escape: \\ }\n` },
    `3:1: format.quote: '"' is also the delimiter; they must differ`,
  ],
  [
    'a boolean key',
    { more: 'columns: { id: { type: boolean } }\n' },
    "3:24: columns.id.type: 'boolean' is not a type of a key, and 'id' is one. Allowed: string, number, binary and dates",
  ],
  [
    'one column for both keys',
    { text: 'source: { prefix: p/ }\ntable: { partition_key: id, sort_key: id }\n' },
    "2:39: table.sort_key: 'id' is also the partition key; they must differ",
  ],
  // YAML.
  ['nothing', { text: '' }, '1:1: is empty; a dataset needs at least source.prefix and table.partition_key'],
  [
    'comments only',
    { text: '# later\n' },
    '1:1: is empty; a dataset needs at least source.prefix and table.partition_key',
  ],
  ['a list', { text: '- a\n' }, '1:1: a list is not a map of fields'],
  ['a text', { text: 'people\n' }, "1:1: 'people' is not a map of fields"],
  [
    'a name twice',
    { more: 'columns:\n  age: { type: number }\n  age: { type: string }\n' },
    "5:3: columns.age: 'age' occurs twice in the same map; remove one of them",
  ],
  [
    'an anchor and its alias',
    { more: 'columns:\n  a: &n { type: number }\n  b: *n\n' },
    "4:9: columns.a: '&n' is an anchor, which datasets do not use; remove it",
    "5:6: columns.b: '*n' is an alias, which datasets do not use; write the value out",
  ],
  [
    'a tag',
    { more: 'load: { chunk_mb: !!int "3" }\n' },
    "3:25: load.chunk_mb: 'tag:yaml.org,2002:int' is a tag, which datasets do not use; remove it",
  ],
  [
    'a map as a name',
    { more: '? { a: 1 }\n: 2\n' },
    '3:3: a name is a text, not a list, map, anchor, alias or tag',
  ],
  [
    'the name of every prototype',
    { more: 'columns: { __proto__: { type: number } }\n' },
    "3:12: columns.__proto__: '__proto__' cannot be a name",
  ],
  [
    'a tab as indentation',
    { more: 'format:\n\ttrim: true\n' },
    '4:1: a tab indents this line; YAML allows spaces only',
  ],
  [
    'wrong indentation',
    { more: 'columns:\n    a: { type: number }\n   b: { type: number }\n' },
    '5:1: the indentation is not right, or a bracket is not closed',
  ],
  [
    'a value with a colon',
    { text: 'source: prefix: p/\n' },
    '1:9: a value contains ": " or continues on the next line; put it in quotes, or check the indentation',
  ],
  [
    'a quote that is not closed',
    { more: 'format: { quote: "\n' },
    '4:1: a quote, bracket or comma is missing before this',
  ],
  [
    'a second document',
    { more: '---\nsource: { prefix: b/ }\n' },
    '3:1: a second document begins here (---); a file holds one dataset',
  ],
  [
    'a directive',
    { text: `%YAML 1.1\n---\n${good}` },
    '1:1: has a %YAML directive, which changes what words mean; remove it',
  ],
  ['too many brackets', { text: `a: ${'['.repeat(100_000)}` }, '1:36: more than 32 brackets are open here'],
  [
    'too long a text',
    { text: `# ${'x'.repeat(300_000)}` },
    '1:1: is too long: 300002 characters, of at most 200000',
  ],
];

function resolve(text: string, name = 'people') {
  return resolveDatasets([{ path: `datasets/${name}.yaml`, name, text }]);
}

function messageOf(attempt: () => unknown): { code: string; message: string } {
  try {
    attempt();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was refused');
}

describe('a document is refused', () => {
  test.each(wrong)('with %s', (_, document, ...lines) => {
    const { code, message } = messageOf(() =>
      resolve('text' in document ? document.text : good + document.more),
    );
    expect(message.split('\n')).toEqual(lines.map((line) => `datasets/people.yaml:${line}`));
    expect(code).toBe('dataset-invalid');
  });

  test('with a name that no table can have', () => {
    expect(messageOf(() => resolve(good, 'My People')).message).toBe(
      "datasets/My People.yaml:1:1: the file's name without .yaml, 'My People', is not a name of 1 to 63 of a-z, 0-9 and -, that begins with a letter or digit",
    );
  });

  test('without a control character or a long text in the message', () => {
    const { message } = messageOf(() => resolve(`${good}"\\e[31m${'é'.repeat(200)}": 1\n`));
    expect(message).toMatch(/^[\x20-\x7e\u00e9…]+$/);
    expect(message.length).toBeLessThan(300);
  });
});

describe('a set of documents', () => {
  const file = (name: string, text: string) => ({ path: `datasets/${name}.yaml`, name, text });

  test('is refused with everything that is wrong in any of them', () => {
    const files = [
      file('b', 'source: { prefix: b/ }\ntable: { partition_key: id, billing: cheap }\n'),
      file('a', good.replace('prefix', 'prefx')),
    ];
    expect(messageOf(() => resolveDatasets(files)).message.split('\n')).toEqual([
      "datasets/a.yaml:1:1: source.prefix: is missing; it must be 1 to 512 of a-z, A-Z, 0-9 and !-_.'()/",
      "datasets/a.yaml:1:11: source.prefx: 'prefx' is not a field of source; did you mean 'prefix'? Allowed: prefix, suffix, ignore_case",
      "datasets/b.yaml:2:38: table.billing: 'cheap' is not a billing mode. Allowed: provisioned, on_demand",
    ]);
  });

  test('is refused where two claim the same objects or tables, at the second of them', () => {
    const files = [
      file('a', 'source: { prefix: in/ }\ntable: { partition_key: id }\n'),
      file('b', 'source: { prefix: in/b/ }\ntable: { partition_key: id, name: a }\n'),
      file('c', 'source: { prefix: c/ }\ntable: { partition_key: id, name: ledger }\n'),
    ];
    expect(messageOf(() => resolveDatasets(files)).message.split('\n')).toEqual([
      "datasets/b.yaml:1:19: source.prefix: 'in/b/' with suffix '.csv' overlaps 'in/' with suffix '.csv' of dataset 'a': an object would belong to both",
      "datasets/b.yaml:2:35: table.name: 'a' is also the table of dataset 'a'; give one of them another name, or write table: { same_as: a }",
      "datasets/c.yaml:2:35: table.name: 'ledger' is the table of the ledger; give this table another name",
    ]);
  });
});

describe('a document is read as it is written', () => {
  test('if a text is expected and YAML reads another type', () => {
    const [dataset] = resolve(`
source: { prefix: 0012, suffix: 1.10 }
format: { delimiter: 1, quote: ~, trim: FALSE }
columns: { NULL: { type: number }, no: { type: boolean }, 0x1F: {}, 1e3: {}, "~": {}, true: {} }
table: { partition_key: 007, sort_key: NULL, name: 10 }
load: { max_rejects: 0x10 }
`);
    expect(dataset).toMatchObject({
      source: { prefix: '0012', suffix: ['1.10'] },
      format: { delimiter: '1', quote: '~', trim: false },
      table: { partition_key: '007', sort_key: 'NULL', name: '10' },
      load: { max_rejects: 16 },
    });
    expect(Object.keys(dataset!.columns).toSorted()).toEqual(['0x1F', '1e3', 'NULL', 'no', 'true', '~']);
  });

  test('however many columns it has, in linear time', () => {
    const columns = Array.from({ length: 5000 }, (_, n) => `  column number ${n}: { type: number }`);
    const [dataset] = resolve(`${good}columns:\n${columns.join('\n')}\n`);
    expect(Object.keys(dataset!.columns)).toHaveLength(5000);
  });
});
