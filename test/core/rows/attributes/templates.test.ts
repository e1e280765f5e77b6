import { describe, expect, test } from 'vitest';
import { FACTS, faultsOf, mapRow, mapRows } from '../map-row.ts';

const columns = { n: { type: 'number', optional: true }, flag: { type: 'boolean', optional: true } };
const header = ['id', 'a', 'b', 'n', 'flag'];

/** What a template makes of a row; undefined: no attribute. */
const valueOf = (template: unknown, row: string) => {
  const { items, faults } = mapRow({ columns, attributes: { x: template } }, header, row);
  return faults === undefined ? items[0]!.item['x'] : faults.map(({ code, column }) => ({ code, column }));
};

describe('a template', () => {
  test.each([
    ['a text', 'PROFILE', 'p1,,,,', { S: 'PROFILE' }],
    ['texts and values', 'A#${a}#${b}', 'p1,x,y,,', { S: 'A#x#y' }],
    ['a value alone, with its type', '${n}', 'p1,,,1.50,', { N: '1.5' }],
    ['a boolean alone', '${flag}', 'p1,,,,yes', { BOOL: true }],
    ['a number in its canonical form', 'N${n}', 'p1,,,1.50,', { S: 'N1.5' }],
    ['a number with an exponent', 'N${n}', 'p1,,,1.2e3,', { S: 'N1200' }],
    ['a boolean in a text', '${flag}!', 'p1,,,,T', { S: 'true!' }],
    ['no attribute, if a part is missing', 'A#${a}#${b}', 'p1,x,,,', undefined],
    ['no attribute, if a part is an empty string', 'A#${a}#${b}', 'p1,x,"",,', undefined],
    ['no attribute, if the value is missing', '${n}', 'p1,,,,', undefined],
    [
      'quotes, backslashes and control characters',
      '<${a}>',
      'p1,"a""\\\n\u0001é",,,',
      { S: '<a"\\\n\u0001é>' },
    ],
    ['a literal ${', '$${a}${a}', 'p1,x,,,', { S: '${a}x' }],
    ['a quote in its text', '"${a}\\', 'p1,x,,,', { S: '"x\\' }],
    ['$line', '${$line}', 'p1,x,,,', { N: '2' }],
    ['$line, padded', 'L#${$line | pad:8}', 'p1,x,,,', { S: 'L#00000002' }],
    ['$file and $import', '${$file}/${$import}', 'p1,x,,,', { S: `${FACTS.file}/${FACTS.importId}` }],
    ['$imported_at', '${$imported_at}', 'p1,x,,,', { S: FACTS.importedAt }],
    ['upper', '${a | upper}', 'p1,äx,,,', { S: 'ÄX' }],
    ['lower', '${a|lower}', 'p1,ÄX,,,', { S: 'äx' }],
    ['trim', '${a | trim}', 'p1, x ,,,', { S: 'x' }],
    ['pad', '${a | pad:4}', 'p1,42,,,', { S: '0042' }],
    ['pad of letters', '${a | pad:4}', 'p1,é,,,', { S: '000é' }],
    ['pad of a number', '${n | pad:5}', 'p1,,,07.5,', { S: '007.5' }],
    ['pad of just as much', '${a | pad:2}', 'p1,42,,,', { S: '42' }],
    ['pad of more', '${a | pad:2}', 'p1,421,,,', [{ code: 'template-part-invalid', column: 'x' }]],
    [
      'pad of a negative number',
      '${n | pad:5}',
      'p1,,,-7,',
      [{ code: 'template-part-invalid', column: 'x' }],
    ],
    ['default', '${a | default:none}', 'p1,,,,', { S: 'none' }],
    ['default of a value that is there', '${a | default:none}', 'p1,x,,,', { S: 'x' }],
    ['default in quotes', '${a | default:"a | }"}', 'p1,,,,', { S: 'a | }' }],
    ['slice', '${a | slice:1:3}', 'p1,a💚cd,,,', { S: '💚c' }],
    ['slice from the end', '${a | slice:-2}', 'p1,abcd,,,', { S: 'cd' }],
    ['slice of nothing', '${a | slice:9}', 'p1,abcd,,,', undefined],
    ['hash', '${a | hash:8}', 'p1,abc,,,', { S: 'ba7816bf' }],
    ['encode', '${a | encode}', "p1,a#b/c 'é',,,", { S: 'a%23b%2Fc%20%27%C3%A9%27' }],
    ['filters one after another', '${a | trim | upper | slice:0:2 | default:x}', 'p1, abc ,,,', { S: 'AB' }],
    ['a default after a filter', '${a | slice:9 | default:x}', 'p1,abc,,,', { S: 'x' }],
  ])('makes %s', (_, template, row, expected) => {
    expect(valueOf(template, row)).toEqual(expected);
  });

  test('sees columns by their `as`, and attributes before it', () => {
    const document = {
      columns: { 'Order No': { as: 'order' }, Zip: { as: 'address.zip' } },
      attributes: { first: '${order}!', second: '${first}${address.zip}' },
    };
    const { items } = mapRow(document, ['id', 'Order No', 'Zip'], 'p1,7,0123');
    expect(items[0]!.item).toMatchObject({ first: { S: '7!' }, second: { S: '7!0123' } });
  });

  test('has the same hash for a row that is uploaded again as a reject', () => {
    const document = { attributes: { h: '${$row_hash}' } };
    const reject = ['sluice_line', 'sluice_column', 'sluice_code', 'sluice_reason'];
    const hashes = [
      mapRow(document, ['id', 'a'], 'p1,"x,y"'),
      mapRow(document, [...reject, 'id', 'a'], '7,a,b,c,p1,"x,y"'),
      mapRow(document, ['id', 'a'], 'p1,x'),
    ].map(({ items }) => (items[0]!.item['h'] as { S: string }).S);
    expect(hashes[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  test('counts its size in bytes of text', () => {
    const document = { attributes: { x: 'é${a}' } };
    const [{ items }, plain] = mapRows(document, ['id', 'a'], 'p1,"a""\n"\np1,abc\n') as never as [
      { items: { sizeBytes: number }[] },
      { items: { sizeBytes: number }[] },
    ];
    expect(items[0]!.sizeBytes).toBe(plain.items[0]!.sizeBytes);
  });
});

describe('a template of a key', () => {
  const document = {
    columns,
    attributes: { pk: 'A#${a}#${b}', sk: '${n}${b | default:z}' },
    table: { partition_key: 'pk', sort_key: 'sk' },
  };
  test.each([
    [
      'a part that is missing',
      'p1,,y,1,',
      { code: 'key-empty', column: 'pk', reason: "its part 'a' is missing or empty; a key needs a value" },
    ],
    [
      'a part that contains the text after it',
      'p1,x#,y,1,',
      { code: 'key-part-ambiguous', column: 'pk', reason: expect.stringContaining('encode') },
    ],
    ['a key over 2,048 bytes', `p1,${'x'.repeat(2047)},y,1,`, { code: 'key-too-large', column: 'pk' }],
  ])('refuses %s', (_, row, fault) => {
    expect(faultsOf(document, header, row)).toMatchObject([fault]);
  });

  test('accepts that text in the last part, and where the filter encode escapes it', () => {
    expect(mapRow(document, header, 'p1,x,y#,1,').items[0]!.item).toMatchObject({ pk: { S: 'A#x#y#' } });
    const encoded = { ...document, attributes: { ...document.attributes, pk: 'A#${a | encode}#${b}' } };
    expect(mapRow(encoded, header, 'p1,x#,y,1,').items[0]!.item).toMatchObject({ pk: { S: 'A#x%23#y' } });
  });

  test('refuses a value of another type than the key', () => {
    const typed = {
      columns,
      attributes: { pk: '${a}' },
      table: { partition_key: 'pk' },
      transform: './t.ts',
    };
    const outcome = mapRow(typed, header, 'p1,x,,,', (row) => ({ ...row, a: 7 }));
    expect(outcome.faults).toMatchObject([{ code: 'key-type', column: 'pk' }]);
  });
});

test('a template cannot make more text than an item holds', () => {
  const document = { attributes: { bomb: '${a}'.repeat(90), pk: '${id}' }, table: { partition_key: 'pk' } };
  expect(faultsOf(document, ['id', 'a'], `p1,${'x'.repeat(300_000)}`)).toMatchObject([
    { code: 'item-too-large', column: 'bomb', reason: 'the text has over 409600 bytes' },
  ]);
});
