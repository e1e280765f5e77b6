import { putCounts } from '../support/counts.ts';
import { textSource } from '../../src/node/text-source.ts';
import { MAX_FOOTER_BYTES } from '../../src/core/csv/footer.ts';
import { describe, expect, test } from 'vitest';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { SluiceError } from '../../src/core/errors.ts';
import { importId, type ObjectRef } from '../../src/core/imports/import.ts';
import type { Source } from '../../src/core/ports.ts';
import { accept } from '../../src/engine/accept.ts';
import { planChunks } from '../../src/engine/file/plan-chunks.ts';
import { retry } from '../../src/engine/retry.ts';
import { memorySource } from '../../sim/memory-source.ts';
import { virtualClock } from '../../sim/virtual-clock.ts';
import { world } from './world.ts';

const MEGABYTE = 1024 * 1024;
const people = {
  source: { prefix: 'people/' },
  columns: { age: { type: 'number' } },
  table: { partition_key: 'id', billing: 'on_demand' },
  load: { rows: 'parallel', chunk_mb: 1, max_parallel: 2 },
};

/** Some 5 MB of records of one to three lines, and where each begins; each thousandth is a reject. */
function largeFile(): {
  text: string;
  places: { offsetBytes: number; line: number }[];
  rejectLines: number[];
} {
  const rows = ['id,note,age\n'];
  const places: { offsetBytes: number; line: number }[] = [];
  const rejectLines: number[] = [];
  let offsetBytes = rows[0]!.length;
  let line = 2;
  for (let n = 0; n < 60_000; n++) {
    const note =
      n % 3 === 0 ? `"a, ""quoted""\nnote of ${n}\r\n"` : `plain text that says ${'nothing '.repeat(6)}`;
    const row = `p${n},${note},${n % 1000 === 0 ? 'x' : n}\n`;
    places.push({ offsetBytes, line });
    if (n % 1000 === 0) rejectLines.push(line);
    offsetBytes += row.length;
    line += row.match(/\r\n|\n/g)!.length;
    rows.push(row);
  }
  return { text: rows.join(''), places, rejectLines };
}

describe('a large file of a dataset whose rows need no order', () => {
  test('is cut at records, and loaded as if it were not', async () => {
    const { text, places, rejectLines } = largeFile();
    const { drop, queue, loadNext, importOf, ledger, items, rejects, results } = world({ dataset: people });
    const object = await drop(text);
    const id = importId(object);
    const chunks = await ledger.readChunks(id);
    expect(chunks.length).toBe(Math.ceil(text.length / MEGABYTE));
    expect(chunks[0]).toMatchObject({ startBytes: 0, checkpoint: { line: 1 } });
    expect(chunks.at(-1)?.endBytes).toBe(text.length);
    for (const [index, { startBytes, checkpoint }] of chunks.entries()) {
      if (index === 0) continue;
      expect(startBytes).toBe(chunks[index - 1]?.endBytes);
      expect(places).toContainEqual({ offsetBytes: startBytes, line: checkpoint.line });
    }
    // Two at a time: who finishes a chunk queues the one behind the next.
    expect(queue.messages.map(({ chunk }) => chunk)).toEqual([0, 1]);
    for (let chunk = 0; queue.messages.length > 0; chunk++) {
      expect(queue.messages[0]?.chunk).toBe(chunk);
      expect(queue.messages.length).toBeLessThanOrEqual(2);
      expect(await loadNext()).toEqual({ kind: 'finished', isDone: chunk === chunks.length - 1 });
    }
    expect(await importOf(object)).toMatchObject({
      status: 'done',
      counts: putCounts({ read: 60_000, written: 59_940, rejected: 60 }),
    });
    expect(items()).toHaveLength(59_940);
    expect(items()).toContainEqual({
      id: { S: 'p30003' },
      note: { S: 'a, "quoted"\nnote of 30003\r\n' },
      age: { N: '30003' },
    });
    const report = JSON.parse(results.text(`reports/people/${id}.json`)) as object;
    expect(report).toMatchObject({ faults: [{ code: 'number-invalid', column: 'age', rows: 60 }] });
    const lines = rejects().map(({ sluice_line }) => Number(sluice_line));
    expect(lines.sort((a, b) => a - b)).toEqual(rejectLines);
  });

  test('may have a sep= line, blank rows at any place, and Ctrl-Z at its end', async () => {
    const blanks = ['\n', ',,\r\n', '"","",\n'];
    const rows = Array.from(
      { length: 30_000 },
      (_, n) => `p${n},${'nothing '.repeat(10)},${n}\n${n % 2 === 0 ? blanks[n % 3]! : ''}`,
    );
    const { drop, loadAll, importOf, ledger, items, rejects } = world({ dataset: people });
    const object = await drop(`sep=,\n\nid,note,age\n${rows.join('')}p,last,x\n\u001a`);
    await loadAll();
    expect((await ledger.readChunks(importId(object))).length).toBeGreaterThan(2);
    const counts = putCounts({ read: 45_001, written: 30_000, rejected: 1, skipped: 15_000 });
    expect(await importOf(object)).toMatchObject({ status: 'done', counts });
    expect(items()).toHaveLength(30_000);
    expect(rejects()).toMatchObject([{ sluice_line: '45004', id: 'p' }]);
  });

  test('continues if a loader died between finishing its chunk and queueing the next', async () => {
    let isDying = true;
    const { text } = largeFile();
    const { drop, queue, loadNext, loadAll, importOf } = world({
      dataset: people,
      ports: ({ queue }) => ({
        queue: {
          ...queue,
          async send(...given) {
            if (isDying) throw new Error('killed');
            await queue.send(...given);
          },
        },
      }),
    });
    isDying = false;
    const object = await drop(text);
    isDying = true;
    const message = { ...queue.messages[0]! };
    await expect(loadNext()).rejects.toThrow('killed');
    isDying = false;
    queue.messages.push(message);
    await loadAll();
    expect(await importOf(object)).toMatchObject({ status: 'done', counts: { read: 60_000 } });
  });

  test('is queued again chunk by chunk if its messages are lost', async () => {
    const { text } = largeFile();
    const { drop, queue, ledger, loadNext, loadAll, importOf } = world({ dataset: people });
    const object = await drop(text);
    await loadNext();
    queue.messages.length = 0;
    expect(await retry({ ledger, queue }, importId(object))).toEqual({ kind: 'queued', messages: 2 });
    expect(queue.messages).toMatchObject([
      { chunk: 1, epoch: 1 },
      { chunk: 2, epoch: 1 },
    ]);
    await loadAll();
    expect(await importOf(object)).toMatchObject({ status: 'done', counts: { read: 60_000 } });
  });

  test('is loaded completely after a crash between its messages, even if its first chunk has begun since', async () => {
    const { text } = largeFile();
    let sends = 0;
    const { source, loadNext, loadAll, importOf, ports, datasets, items } = world({
      dataset: people,
      ports: ({ queue }) => ({
        queue: {
          ...queue,
          async send(...given) {
            if (++sends === 2) throw new Error('the function dies');
            await queue.send(...given);
          },
        },
      }),
    });
    const emit = () => undefined;
    const object = source.put('people/a.csv', new TextEncoder().encode(text));
    await expect(accept(ports, datasets, object, emit)).rejects.toThrow('dies');
    await loadNext();
    expect(await accept(ports, datasets, object, emit)).toMatchObject({ kind: 'queued' });
    await loadAll();
    expect(await importOf(object)).toMatchObject({ status: 'done', counts: { read: 60_000 } });
    expect(items()).toHaveLength(60_000 - 60);
    expect(await accept(ports, datasets, object, emit)).toMatchObject({ kind: 'known' });
  });

  test('keeps its first plan when its event comes again', async () => {
    const { text } = largeFile();
    const { drop, queue, ledger, ports, datasets, source } = world({ dataset: people });
    const object = await drop(text);
    const before = await ledger.readChunks(importId(object));
    source.delete(object);
    const outcome = await accept(ports, datasets, object, () => undefined);
    expect(outcome.kind).toBe('queued');
    expect(queue.messages.map(({ chunk }) => chunk)).toEqual([0, 1, 0, 1]);
    expect(await ledger.readChunks(importId(object))).toEqual(before);
  });
});

describe('the plan of an object', () => {
  test.each([
    ['the dataset keeps the order of rows', { load: { chunk_mb: 1 } }],
    ['it is not larger than a chunk', { load: { rows: 'parallel', chunk_mb: 6 } }],
    ['its chunks would be loaded one by one', { load: { rows: 'parallel', chunk_mb: 1, max_parallel: 1 } }],
    ['the table is slow', { table: { partition_key: 'id', write_units: 999 } }],
    ['its header is wrong', { text: 'id,id\n' }],
  ])(
    'is one chunk where %s',
    async (_, { text, ...more }: { text?: string; load?: object; table?: object }) => {
      const body = text === undefined ? largeFile().text : text + 'a,b\n'.repeat(MEGABYTE / 2);
      expect(await planOf(body, { ...people, ...more })).toEqual([
        { startBytes: 0, endBytes: body.length, startLine: 1 },
      ]);
    },
  );

  test('is one chunk with an unknown end if the object is compressed, even if its dataset allows chunks', async () => {
    const { text } = largeFile();
    const document = { ...people, source: { prefix: 'people/', suffix: '' } };
    expect((await planOf(text, document)).length).toBeGreaterThan(1);
    const zipped = Buffer.concat([Buffer.of(0x1f, 0x8b), Buffer.from(text)]);
    for (const [key, endBytes] of [
      ['people/a.csv.gz', Infinity],
      ['people/a.csv', zipped.length],
    ] as const) {
      const inflated: Wrap = (source) => ({
        read: (object, start, end, coding) =>
          source.read(object, coding?.compression === 'gzip' ? start + 2 : start, end),
      });
      expect(await planOf(zipped, document, inflated, key)).toEqual([
        { startBytes: 0, endBytes, startLine: 1 },
      ]);
    }
  });

  test.each([
    [{ stray_quotes: 'repair' }, 'people/a.csv'],
    [{ encoding: 'utf-16le' }, 'people/a.csv'],
  ])('is one chunk if rows can only be found from the beginning: %j', async (format, key) => {
    const { text } = largeFile();
    const body = 'encoding' in format ? Buffer.from(text, 'utf16le') : text;
    const reasons: string[] = [];
    const wrap: Wrap = (source) => textSource(source);
    expect(await planOf(body, { ...people, format }, wrap, key, reasons)).toHaveLength(1);
    expect(reasons).toHaveLength(1);
  });

  test('leaves the footer to the last chunk', async () => {
    const text = largeFile().text.repeat(5);
    const chunks = await planOf(text, { ...people, format: { skip_footer: 3 } });
    expect(chunks.length).toBeGreaterThan(1);
    expect(text.length - chunks.at(-1)!.startBytes).toBeGreaterThan(MAX_FOOTER_BYTES);
  });

  test('is one chunk if the object is gone, and is left to the next attempt if S3 fails', async () => {
    const { text } = largeFile();
    const gone = new SluiceError('object-gone', 'It was deleted.');
    const down = new SluiceError('object-unreadable', 'S3 answers 503.');
    expect(await planOf(text, people, () => failing(gone))).toHaveLength(1);
    await expect(planOf(text, people, () => failing(down))).rejects.toBe(down);
  });

  test('is as fine as its time allows: the part that was not scanned is one chunk', async () => {
    const { text } = largeFile();
    const chunks = await planOf(text.repeat(5), people, (source, clock) => ({
      async *read(...given) {
        await clock.sleep(150_000);
        yield* source.read(...given);
      },
    }));
    // Two times eight ranges in five minutes.
    expect(chunks).toHaveLength(16);
    const last = chunks.at(-1)!;
    expect(last.endBytes - last.startBytes).toBeGreaterThan(2 * MEGABYTE);
    expect(last.endBytes).toBe(text.length * 5);
  });

  test('does not cut where no record ends', async () => {
    const body = `id,note\np1,"${'line\n'.repeat(700_000)}"\n`;
    expect(await planOf(body, people)).toEqual([{ startBytes: 0, endBytes: body.length, startLine: 1 }]);
  });
});

async function planOf(
  body: string | Uint8Array,
  document: object,
  wrap: Wrap = (source) => source,
  key = 'people/a.csv',
  reasons: string[] = [],
) {
  const clock = virtualClock({ seed: 1 });
  const source = memorySource();
  const object: ObjectRef = source.put(key, typeof body === 'string' ? new TextEncoder().encode(body) : body);
  const dataset = parseDataset('people', document);
  return clock.run(
    planChunks({ source: wrap(source, clock), clock }, dataset, object, (reason) => reasons.push(reason)),
  );
}

type Wrap = (source: Source, clock: ReturnType<typeof virtualClock>) => Source;

function failing(error: SluiceError): Source {
  return {
    // oxlint-disable-next-line require-yield
    async *read() {
      throw error;
    },
  };
}
