import { describe, expect, test } from 'vitest';
import * as cel from '@marcbachmann/cel-js';
import { resolveDatasets } from '../../../src/core/dataset/resolve.ts';

const good = 'source: { prefix: people/ }\ntable: { partition_key: id }\n';

function resolve(text: string, name = 'people') {
  return resolveDatasets([{ path: `datasets/${name}.yaml`, name, text }], { cel });
}

function messageOf(attempt: () => unknown): { code: string; message: string } {
  try {
    attempt();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was refused');
}

describe('a set of documents', () => {
  const file = (name: string, text: string) => ({ path: `datasets/${name}.yaml`, name, text });

  test('is refused with everything that is wrong in any of them', () => {
    const files = [
      file('b', 'source: { prefix: b/ }\ntable: { partition_key: id, billing: cheap }\n'),
      file('a', good.replace('prefix', 'prefx')),
    ];
    expect(messageOf(() => resolveDatasets(files, { cel })).message.split('\n')).toEqual([
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
    expect(messageOf(() => resolveDatasets(files, { cel })).message.split('\n')).toEqual([
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

describe('a document of the largest size is resolved or refused in a short time', () => {
  const lines = (count: number, line: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => line(n)).join('\n');
  const last = 4000;

  const outcomeOf = (text: string): string => {
    try {
      resolve(text);
      return 'resolved';
    } catch (error) {
      return (error as Error).message;
    }
  };

  test.each([
    [
      'a chain of attributes, the last first',
      `${good}attributes:\n${lines(last, (n) => `  a${n}: "\${a${n + 1}}"`)}\n`,
      /^resolved$/,
    ],
    [
      'attributes that refer to each other in a large circle',
      `${good}attributes:\n${lines(last, (n) => `  a${n}: "\${a${(n + 1) % last}}"`)}\n`,
      /refer to each other in a circle/,
    ],
    [
      'unknown names beside many columns',
      `${good}other_columns: drop\ncolumns:\n${lines(last, (n) => `  column${n}: string`)}\nitems: { a: { include: [${lines(last, (n) => `colunm${n},`).replaceAll('\n', ' ')}] } }\n`,
      /'colunm0' is neither a column nor an attribute; did you mean 'column0'\?/,
    ],
  ])('%s', (_, text, message) => {
    expect(outcomeOf(text)).toMatch(message);
  });
});

test('words of a document are the texts that stand there', () => {
  const [dataset] = resolve(`${good}
format: { null_values: [NULL, 0012, ~, no, 1.10], true_values: [1, true], false_values: no }
columns: { a: { enum: [1.0, NULL, on], default: 1.0 }, b: { type: number, min: 0010, max: 1e3 } }
write: { op_column: op, ops: { 1: put, no: delete, NULL: merge } }
`);
  expect(dataset).toMatchObject({
    format: {
      null_values: ['NULL', '0012', '~', 'no', '1.10'],
      true_values: ['1', 'true'],
      false_values: ['no'],
    },
    columns: {
      a: { enum: ['1.0', 'NULL', 'on'], default: '1.0' },
      b: { type: 'number', min: '0010', max: '1e3' },
    },
    write: { ops: { '1': 'put', no: 'delete', NULL: 'merge' } },
  });
});
