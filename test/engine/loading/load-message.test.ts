import { countsBalance } from '../../../src/core/imports/counts.ts';
import { putCounts } from '../../support/counts.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, SluiceError } from '../../../src/core/errors.ts';
import { importId, type ObjectRef } from '../../../src/core/imports/import.ts';
import type { Source } from '../../../src/core/ports.ts';
import { seededRandom } from '../../../sim/random.ts';
import { type Fate, refusedAll } from '../../../sim/table.ts';
import { world } from '../world.ts';

const plain = { source: { prefix: 'people/' }, table: { partition_key: 'id' } };

describe('a load', () => {
  test('writes every row as an item, and says so in the ledger and the report', async () => {
    const { drop, loadAll, importOf, items, results, events } = world();
    const object = await drop('id,name,age\np1,Ann,42\np2,"Bo ""B"" B",7\n');
    expect(await loadAll()).toEqual([{ kind: 'finished', isDone: true }]);
    expect(items()).toEqual([
      { id: { S: 'p1' }, name: { S: 'Ann' }, age: { N: '42' } },
      { id: { S: 'p2' }, name: { S: 'Bo "B" B' }, age: { N: '7' } },
    ]);
    const record = await importOf(object);
    const counts = putCounts({ read: 2, written: 2 });
    expect(record).toMatchObject({ status: 'done', counts, units: 2, failure: null });
    const report = JSON.parse(results.text(`reports/people/${record.id}.json`)) as unknown;
    expect(report).toMatchObject({
      import: record.id,
      status: 'done',
      counts,
      object: { key: 'people/a.csv' },
      rejects: null,
    });
    expect(events.map(({ type }) => type)).toEqual([
      'import queued',
      'chunk started',
      'chunk progress',
      'chunk progress',
      'import done',
    ]);
  });

  test('takes a byte order mark, CRLF, and a missing last line end', async () => {
    const { drop, loadAll, items } = world();
    await drop('\ufeffid,name\r\np1,"a\r\nb"\r\np2,c');
    await loadAll();
    expect(items()).toEqual([
      { id: { S: 'p1' }, name: { S: 'a\r\nb' } },
      { id: { S: 'p2' }, name: { S: 'c' } },
    ]);
  });

  test('lets the last row of a key win, and counts the others as superseded', async () => {
    const { drop, loadAll, items, importOf } = world();
    const object = await drop('id,name\np1,a\np2,b\np1,c\np1,d\n');
    await loadAll();
    expect(items()).toEqual([
      { id: { S: 'p1' }, name: { S: 'd' } },
      { id: { S: 'p2' }, name: { S: 'b' } },
    ]);
    expect((await importOf(object)).counts).toEqual(
      putCounts({
        read: 4,
        written: 2,
        superseded: 2,
      }),
    );
  });

  test('finds the header after empty lines, and counts them', async () => {
    const { drop, loadAll, items, rejects } = world();
    await drop('\n\r\nid,age\np1,7\np2,x\n');
    await loadAll();
    expect(items()).toEqual([{ id: { S: 'p1' }, age: { N: '7' } }]);
    expect(rejects()).toMatchObject([{ sluice_line: '5', id: 'p2' }]);
  });

  test.each([
    ['lines with nothing on them', 'id,name\n\np1,a\n\n\np2,b\n\n', 4],
    ['lines of only delimiters, however many', 'id,name\n,\np1,a\n,,,\np2,b\n"",""', 3],
    ['empty lines of a file with one column', 'id\n\np1\n""\np2\n', 2],
  ])('skips rows whose cells are all empty, and counts them: %s', async (_, body, skipped) => {
    const { drop, loadAll, importOf, items } = world({ dataset: plain });
    const object = await drop(body);
    await loadAll();
    expect((await importOf(object)).counts).toEqual(
      putCounts({
        read: 2 + skipped,
        written: 2,
        skipped,
      }),
    );
    expect(items()).toHaveLength(2);
  });

  test.each([
    ['a byte order mark twice', '\ufeff\ufeffid,name\np1,a\np2,b\n'],
    ["Excel's sep= line", 'sep=,\r\nid,name\r\np1,a\r\np2,b\r\n'],
    ["Excel's sep= line in quotes, between two marks", '\ufeff"SEP=,"\n\ufeffid,name\np1,a\np2,b\n'],
    ['a row of only delimiters', ',,\n\nid,name\np1,a\np2,b\n'],
    ['Ctrl-Z behind the last line', 'id,name\np1,a\np2,b\n\u001a'],
    ['Ctrl-Z behind the last cell', 'id,name\np1,a\np2,b\u001a\u001a'],
  ])('understands %s', async (_, body) => {
    for (const pieceBytes of [1, 7, 1000]) {
      const { drop, loadAll, importOf, items } = world({ pieceBytes });
      const object = await drop(body);
      await loadAll();
      expect(items()).toEqual([
        { id: { S: 'p1' }, name: { S: 'a' } },
        { id: { S: 'p2' }, name: { S: 'b' } },
      ]);
      expect((await importOf(object)).counts).toMatchObject({ read: 2, written: 2 });
    }
  });

  test('recognises a header by its line, whatever precedes it', async () => {
    const { drop, loadAll, importOf, rejects } = world();
    const object = await drop('\ufeffsep=,\n\nid,age\np1,x\n,,\np2,x\np3,3\n');
    await loadAll();
    expect(rejects().map(({ sluice_line }) => sluice_line)).toEqual(['4', '6']);
    expect((await importOf(object)).counts).toMatchObject({ read: 4, written: 1, rejected: 2, skipped: 1 });
  });

  test('takes Ctrl-Z alone for an empty file, and one inside a file for a character', async () => {
    const { drop, loadAll, importOf, items } = world();
    const empty = await drop('\u001a');
    const other = await drop('id,name\np1,a\u001ab\np2,\u001a\n', 'people/b.csv');
    await loadAll();
    expect((await importOf(empty)).failure?.code).toBe('empty-file');
    expect((await importOf(other)).counts).toMatchObject({ read: 2, written: 2 });
    expect(items()[0]).toEqual({ id: { S: 'p1' }, name: { S: 'a\u001ab' } });
  });

  test('writes rejected rows to a file that can be fixed and uploaded again', async () => {
    const { drop, loadAll, rejects, results, importOf, items } = world();
    const object = await drop('id,name,age\np1,"a\nb",x\np2,ok,1\np3,"he said ""no""",2,3\n');
    await loadAll();
    expect((await importOf(object)).counts).toEqual(
      putCounts({
        read: 3,
        written: 1,
        rejected: 2,
      }),
    );
    const name = [...results.files.keys()].find((file) => file.startsWith('rejects/'))!;
    expect(name).toMatch(/^rejects\/people\/[0-9a-f]{20}\/0-000000000000000\.csv$/);
    expect(results.text(name)).toBe(
      `sluice_line_${importId(object)},sluice_column,sluice_code,sluice_reason,id,name,age\n` +
        '2,age,number-invalid,"""x"" is not a number",p1,"a\nb",x\n' +
        '5,,too-many-fields,"the row has 4 fields, the header 3",p3,"he said ""no""",2,3\n',
    );
    expect(rejects()).toHaveLength(2);
    const fixed = results.text(name).replace(',x\n', ',5\n').replace(',2,3\n', ',23\n');
    const again = await drop(fixed, 'people/fixed.csv');
    await loadAll();
    expect((await importOf(again)).counts).toMatchObject({ read: 2, written: 2 });
    expect(items()).toContainEqual({ id: { S: 'p3' }, name: { S: 'he said "no"' }, age: { N: '23' } });
  });

  test('retries throttled items until they are written', async () => {
    let answers = 0;
    const { drop, loadAll, items, importOf } = world({
      fate: (batch) => {
        answers++;
        if (answers % 3 === 0) return { held: batch.map((_, index) => index), reason: 'throttled', units: 0 };
        const held = batch.map((_, index) => index).filter((index) => index % 2 === answers % 2);
        return { held, reason: 'throttled', units: batch.length - held.length };
      },
    });
    const object = await drop(`id,name\n${rowsOf(300)}`);
    await loadAll();
    expect(items()).toHaveLength(300);
    expect((await importOf(object)).counts).toMatchObject({ read: 300, written: 300 });
  });

  test('rejects only the rows that the table refuses, however they are batched', async () => {
    const guilty = new Set(['p7', 'p130', 'p131', 'p299']);
    const { drop, loadAll, items, rejects, importOf } = world({
      fate: (batch) =>
        batch.some((item) => guilty.has(item['id']!['S'] as string))
          ? refusedAll(batch.length, 'an index key is empty')
          : null,
    });
    const object = await drop(`id,name\n${rowsOf(300)}`);
    await loadAll();
    expect(items()).toHaveLength(296);
    expect((await importOf(object)).counts).toEqual(
      putCounts({
        read: 300,
        written: 296,
        rejected: 4,
        refused: 4,
      }),
    );
    expect(
      rejects().map(({ id, sluice_code, sluice_reason, sluice_line }) => ({
        id,
        sluice_code,
        sluice_reason,
        sluice_line,
      })),
    ).toEqual(
      ['7', '130', '131', '299'].map((n) => ({
        id: `p${n}`,
        sluice_code: 'refused-by-table',
        sluice_reason: 'an index key is empty',
        sluice_line: `${Number(n) + 2}`,
      })),
    );
  });

  test('resumes with the next epoch when its time was too short, and ends with the same counts', async () => {
    const { clock, drop, loadNext, loadAll, queue, items, importOf } = world({ ...slowTable() });
    const object = await drop(`id,name\n${rowsOf(20_000)}`);
    const first = await loadNext(20_000);
    expect(first).toEqual({ kind: 'continued' });
    expect(queue.messages).toMatchObject([{ epoch: 1, chunk: 0 }]);
    const outcomes = await loadAll(20_000);
    expect(outcomes.at(-1)).toEqual({ kind: 'finished', isDone: true });
    expect(outcomes.length).toBeGreaterThan(2);
    expect(items()).toHaveLength(20_000);
    expect((await importOf(object)).counts).toEqual(
      putCounts({
        read: 20_000,
        written: 20_000,
      }),
    );
    expect(clock.now()).toBeGreaterThan(0);

    /** 400 units a second: fast enough not to be parked for. */
    function slowTable(): { fate: Fate } {
      let credit = 0;
      let at = 0;
      const fate: Fate = (batch) => {
        const now = clock.now();
        credit = Math.min(400, credit + ((now - at) / 1000) * 400);
        at = now;
        const written = Math.min(batch.length, Math.floor(credit));
        credit -= written;
        return {
          held: batch.map((_, index) => index).slice(written),
          reason: 'table-capacity',
          units: written,
        };
      };
      return { fate };
    }
  });

  test('drops a message whose import has ended, and one of an older epoch', async () => {
    const { drop, loadAll, loadNext, queue, importOf } = world();
    const object = await drop('id\np1\n');
    await loadAll();
    queue.messages.push({ importId: (await importOf(object)).id, chunk: 0, epoch: 0, delayMs: 0 });
    expect(await loadNext()).toMatchObject({ kind: 'dropped', reason: 'the import is done' });
    queue.messages.push({ importId: 'nobody', chunk: 0, epoch: 0, delayMs: 0 });
    expect(await loadNext()).toMatchObject({ kind: 'dropped', reason: 'the import is not in the ledger' });
  });

  test('accepts a repeated event without loading twice', async () => {
    const { drop, loadAll, table, source, ports, datasets, events } = world();
    const object = await drop('id\np1\n');
    await loadAll();
    const requests = table.requests;
    const { accept } = await import('../../../src/engine/accept.ts');
    const outcome = await accept(ports, datasets, object, (event) => events.push(event));
    expect(outcome.kind).toBe('known');
    await loadAll();
    expect(table.requests).toBe(requests);
    expect(source).toBeDefined();
  });

  test('ends with the last row of every key, and with counts that add up, for any file and any table', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ id: fc.integer({ min: 0, max: 30 }), age: fc.constantFrom('1', '2', 'x', '') }),
          { maxLength: 120 },
        ),
        fc.integer({ min: 1, max: 1_000_000 }),
        async (rows, seed) => {
          const random = seededRandom(seed);
          const { drop, loadAll, items, importOf, rejects } = world({
            seed,
            pieceBytes: 1 + Math.floor(random() * 200),
            fate: (batch) => ({
              held: batch.map((_, index) => index).filter(() => random() < 0.3),
              reason: 'throttled',
              units: 0,
            }),
          });
          const object = await drop(
            `id,age,n\n${rows.map(({ id, age }, n) => `p${id},${age},${n}\n`).join('')}`,
          );
          await loadAll();
          const expected = new Map(
            rows.flatMap(({ id, age }, n) =>
              age === 'x'
                ? []
                : [
                    [
                      `p${id}`,
                      {
                        id: { S: `p${id}` },
                        ...(age === '' ? {} : { age: { N: age } }),
                        n: { S: String(n) },
                      },
                    ] as const,
                  ],
            ),
          );
          const byId = new Map(items().map((item) => [(item['id'] as { S: string }).S, item]));
          expect(byId).toEqual(expected);
          const { counts, status } = await importOf(object);
          const refused = rows.filter(({ age }) => age === 'x').length;
          const isTooBad =
            refused > 0 && (expected.size === 0 || (rows.length >= 20 && refused > rows.length / 2));
          expect(status).toBe(isTooBad ? 'failed' : 'done');
          expect(counts.read).toBe(rows.length);
          expect(countsBalance(counts)).toBe(true);
          expect(counts.rejected).toBe(refused);
          expect(rejects()).toHaveLength(counts.rejected);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a load that can not succeed is recorded as failed, with', () => {
  test.each<[ErrorCode, string, string]>([
    ['empty-file', '', 'is empty'],
    ['empty-file', '\ufeff', 'is empty'],
    ['key-column-missing', 'name\nAnn\n', "no column 'id'"],
    ['duplicate-header', 'id,name,name\n1,2,3\n', "names 'name' twice, as columns 2 and 3"],
    ['too-many-columns', `id${',c'.repeat(100_000)}\n`, '100001 columns; at most 16384'],
    ['header-invalid', 'id,,name\n1,2,3\n', 'column 2 has no name'],
    ['header-invalid', 'id,na\0me\n1,2\n', 'NUL byte'],
    ['header-invalid', 'id,"name\n1,2\n', 'not closed'],
    ['not-csv', 'PK\u0003\u0004\u0014\0', 'it is a ZIP archive. Unpack it'],
    ['header-invalid', '"id";"name"\n1;2\n', 'did you mean format.delimiter: ";"?'],
    ['key-column-missing', 'id;na,me;x\n', "no column 'id'"],
    ['key-column-missing', 'id\tname\n', 'did you mean format.delimiter: tab?'],
    ['header-invalid', 'sep=;\r\nid;name\r\n', 'Set format.delimiter: ";"'],
    [
      'record-too-large',
      `id,name\np0,fine\np1,"${'x\n'.repeat(2_200_000)}`,
      'begins on line 3 has more than',
    ],
  ])('%s (%#)', async (code, body, reason) => {
    const { drop, loadAll, importOf, results, events } = world();
    const object = await drop(body);
    expect(await loadAll()).toEqual([{ kind: 'failed', code }]);
    const record = await importOf(object);
    expect(record).toMatchObject({
      status: 'failed',
      failure: { code, reason: expect.stringContaining(reason) },
    });
    const report = JSON.parse(results.text(`reports/people/${record.id}.json`)) as unknown;
    expect(report).toMatchObject({ status: 'failed', failure: { code } });
    expect(events.at(-1)).toMatchObject({ type: 'import failed', level: 'error', code });
  });

  test('column-missing, where a declared column is not optional', async () => {
    const { drop, loadAll, importOf } = world({
      dataset: { ...plain, columns: { age: { type: 'number' } } },
    });
    const object = await drop('id,agee\np1,1\n');
    expect(await loadAll()).toEqual([{ kind: 'failed', code: 'column-missing' }]);
    expect((await importOf(object)).failure?.reason).toContain("(did you mean 'agee'?)");
  });

  test.each([
    ['people/a.csv', 'gzip within gzip'],
    ['people/a.csv.gz', 'gzip within gzip'],
  ])('not-csv, where gzip was compressed once more: %s', async (key, reason) => {
    const { drop, loadAll, importOf } = world({
      dataset: { source: { prefix: 'people/', suffix: '' }, table: { partition_key: 'id' } },
    });
    // The source in memory gives the text as it is put, so this is what was inflated.
    const object = await drop(Uint8Array.from([0x1f, 0x8b, 8, 0]), key);
    expect(await loadAll()).toEqual([{ kind: 'failed', code: 'not-csv' }]);
    const { failure } = await importOf(object);
    expect(failure?.reason).toContain(reason);
  });

  test('object-gone, where the object is deleted before it is read', async () => {
    const { drop, loadAll, importOf, source } = world();
    const object = await drop('id\np1\n');
    source.delete(object);
    expect(await loadAll()).toEqual([{ kind: 'failed', code: 'object-gone' }]);
    expect((await importOf(object)).failure?.code).toBe('object-gone');
  });

  test.each<ErrorCode>(['access-denied', 'table-missing', 'table-key-mismatch'])(
    '%s, where the table says so',
    async (code) => {
      const { drop, loadAll, importOf } = world({
        fate: () => {
          throw new SluiceError(code, 'the table says no');
        },
      });
      const object = await drop('id,age\np1,1\np2,x\n');
      expect(await loadAll()).toEqual([{ kind: 'failed', code }]);
      expect(await importOf(object)).toMatchObject({
        status: 'failed',
        failure: { code, reason: 'the table says no' },
      });
    },
  );

  test('counts and rejects of what was settled before', async () => {
    const rows = rowsOf(3000);
    let requests = 0;
    const { drop, loadAll, importOf, results, items } = world({
      fate: () => {
        requests++;
        if (requests > 80) throw new SluiceError('table-missing', 'gone');
        return null;
      },
    });
    const object = await drop(`id,name\n,nobody\n${rows}`);
    await loadAll();
    const record = await importOf(object);
    const report = JSON.parse(results.text(`reports/people/${record.id}.json`)) as {
      counts: Record<string, number>;
      rejects: string;
    };
    expect(report.counts['rejected']).toBe(1);
    expect(report.counts['read']).toBe(report.counts['written']! + 1);
    expect(items().length).toBeGreaterThanOrEqual(report.counts['written']!);
    expect(report.counts['written']).toBeGreaterThan(0);
  });
});

test('a file that has only a header is done, with a warning', async () => {
  const { drop, loadAll, importOf, results, events } = world({ dataset: plain });
  const object = await drop('id,name\n');
  await loadAll();
  const record = await importOf(object);
  const warnings = [{ code: 'header-only', text: 'The file has no rows of data: no item was written.' }];
  expect(record).toMatchObject({ status: 'done', counts: { read: 0 }, warnings });
  expect(JSON.parse(results.text(`reports/people/${record.id}.json`))).toMatchObject({
    warnings,
  });
  expect(events.at(-1)).toMatchObject({ type: 'import done', level: 'warn', code: 'header-only' });
});

test('an object of no dataset is ignored with a reason', async () => {
  const { drop, queue, events } = world();
  await drop('id\np1\n', 'elsewhere/a.csv');
  expect(queue.messages).toEqual([]);
  await drop('d41d8cd9', 'people/a.csv.md5');
  expect(queue.messages).toEqual([]);
  expect(events).toMatchObject([
    { type: 'object ignored', level: 'warn', code: 'no-dataset', key: 'elsewhere/a.csv' },
    {
      type: 'object ignored',
      level: 'info',
      key: 'people/a.csv.md5',
      reason: "dataset 'people' loads only keys that end with '.csv'",
    },
  ]);
});

test('warnings about a file are in the log, the ledger and the report, once each', async () => {
  const { drop, loadAll, events, importOf, results } = world();
  const object = await drop('\ufeff\ufeffsep=,\nid,name\n\np1,Ann\n,,\n\u001a');
  await loadAll();
  const { id, status, warnings } = await importOf(object);
  expect(status).toBe('done');
  expect(warnings).toEqual([
    { code: 'blank-rows', text: 'Rows whose cells are all empty were skipped: 2.' },
    { code: 'columns-missing', text: 'The header lacks the optional columns age.' },
    { code: 'ctrl-z', text: 'The file ends with Ctrl-Z (0x1A), which was left out.' },
    { code: 'repeated-mark', text: '2 byte order marks precede the header, and were skipped.' },
    { code: 'separator-line', text: 'Line 1 is a sep= line for Excel, and was skipped.' },
  ]);
  expect(JSON.parse(results.text(`reports/people/${id}.json`))).toMatchObject({ warnings });
  const told = events.filter((event) => event.type === 'import warning').map(({ code }) => code);
  expect(told).toHaveLength(4);
  expect(new Set(told)).toEqual(new Set(['columns-missing', 'ctrl-z', 'repeated-mark', 'separator-line']));
  expect(events.at(-1)).toMatchObject({ type: 'import done', warnings });
});

test('warnings are bounded, whatever the names of columns', async () => {
  const columns = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [`${n} ${'long '.repeat(200)}`, { optional: true }]),
  );
  const { drop, loadAll, importOf } = world({ dataset: { ...plain, columns } });
  const object = await drop('id\np1\n');
  await loadAll();
  const { warnings } = await importOf(object);
  expect(warnings).toMatchObject([
    { code: 'columns-missing', text: expect.stringContaining('and 40 more.') },
  ]);
  expect(Buffer.byteLength(warnings[0]!.text)).toBeLessThanOrEqual(500);
});

test('faults are counted by code and column, in every checkpoint, report and event', async () => {
  const columns = { age: { type: 'number' }, active: { type: 'boolean' } };
  const { drop, loadAll, events, importOf, ledger, results } = world({ dataset: { ...plain, columns } });
  const rows = Array.from({ length: 30 }, (_, n) => `p${n},${n},true\n`);
  const object = await drop(`id,age,active\n${rows.join('')}q1,x,true\nq2,x,maybe\n,1,no\nq3\n`);
  await loadAll();
  const { id, counts } = await importOf(object);
  expect(counts).toMatchObject({ read: 34, written: 30, rejected: 4 });
  const faults = [
    { code: 'number-invalid', column: 'age', rows: 2 },
    { code: 'boolean-invalid', column: 'active', rows: 1 },
    { code: 'key-empty', column: 'id', rows: 1 },
    { code: 'too-few-fields', column: '', rows: 1 },
  ];
  expect((await ledger.readChunks(id))[0]?.checkpoint.faults).toEqual(expect.arrayContaining(faults));
  expect(JSON.parse(results.text(`reports/people/${id}.json`))).toMatchObject({ faults });
  expect(events.at(-1)).toMatchObject({ type: 'import done', faults });
});

test('a temporary error is thrown, so that the message is received again, and the next loader resumes', async () => {
  let isDown = true;
  const broken = (source: Source): Source => ({
    async *read(object: ObjectRef, start: number, end: number) {
      if (isDown) throw new SluiceError('object-unreadable', 'S3 answers 503');
      yield* source.read(object, start, end);
    },
  });
  const { drop, loadNext, queue, importOf, clock } = world({
    ports: ({ source }) => ({ source: broken(source) }),
  });
  const object = await drop('id\np1\n');
  const message = queue.messages[0]!;
  await expect(loadNext()).rejects.toMatchObject({ code: 'object-unreadable' });
  isDown = false;
  queue.messages.push(message);
  expect(await loadNext(900_000, 'another')).toMatchObject({ kind: 'held' });
  await clock.run(clock.sleep(61_000));
  queue.messages.push(message);
  expect(await loadNext(900_000, 'another')).toEqual({ kind: 'finished', isDone: true });
  expect(await importOf(object)).toMatchObject({ status: 'done' });
});

function rowsOf(count: number): string {
  return Array.from({ length: count }, (_, index) => `p${index},name ${index}\n`).join('');
}
