import { readFileSync } from 'node:fs';
import { dynamoTable } from '../src/aws/dynamo/dynamo-table.ts';
import { wallClock } from '../src/node/wall-clock.ts';
import { fileObject, fileSource } from '../src/node/file-source.ts';
import { textSource } from '../src/node/text-source.ts';
import { importId } from '../src/core/imports/import.ts';
import { loadMessage } from '../src/engine/loading/load-message.ts';
import { keepHeapSmall } from '../src/lambda/heap.ts';
import { readResolved } from '../src/core/dataset/dataset.ts';
import { readDatasetFolder } from '../src/node/dataset-folder.ts';
import { memoryLedger } from '../src/engine/memory-ledger.ts';
import { memoryQueue } from '../sim/memory-queue.ts';
import { tableAsDeclared } from '../sim/table-as-declared.ts';
import { memoryResults } from '../sim/memory-results.ts';
import { measureUsage } from './usage.ts';

/**
 * `node bench/engine-load.ts FILE ENDPOINT [DATASET]`: loads a file by a resolved dataset in a JSON file, or by
 * `datasets/people.yaml`, as the function does, typed and checked, through lanes and with checkpoints; only the ledger and the results are in memory. Prints its
 * usage as one line of JSON.
 */
const [file, endpoint, resolved] = process.argv.slice(2);
if (file === undefined || endpoint === undefined)
  throw new Error('Usage: engine-load.ts FILE ENDPOINT [DATASET]');

keepHeapSmall();
const clock = wallClock();
const dataset =
  resolved === undefined
    ? (await readDatasetFolder('datasets')).datasets.find(({ name }) => name === 'people')!
    : readResolved(JSON.parse(readFileSync(resolved, 'utf8')));
const table = dynamoTable({
  table: 'bench',
  partitionKey: dataset.table.partition_key,
  sortKey: dataset.table.sort_key ?? null,
  region: 'us-east-1',
  endpoint,
  credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
  clock,
  trusted: readFileSync('test/support/tls/localhost.crt', 'utf8'),
});
const ledger = memoryLedger();
const object = await fileObject(file);
const id = importId(object);

const usage = await measureUsage(async () => {
  await ledger.register(
    {
      id,
      dataset: dataset.name,
      datasetDigest: dataset.digest,
      object,
      parallel: 1,
      queuedAtMs: clock.now(),
    },
    [{ startBytes: 0, endBytes: object.sizeBytes, startLine: 1 }],
  );
  const queue = memoryQueue();
  await queue.send({ importId: id, chunk: 0, epoch: 0 }, 0);
  const ports = {
    source: textSource(fileSource()),
    table: () => table,
    describeTable: tableAsDeclared,
    results: memoryResults(),
    ledger,
    queue,
    clock,
  };
  for (let message = queue.messages.shift(); message !== undefined; message = queue.messages.shift()) {
    const { delayMs, ...work } = message;
    await clock.sleep(delayMs);
    await loadMessage(ports, [dataset], work, {
      owner: 'bench',
      deadlineMs: Infinity,
      emit: () => undefined,
    });
  }
});
await table.close();

const record = await ledger.readImport(id);
if (record?.status !== 'done') throw new Error(`The import ended as ${JSON.stringify(record)}`);
const { read, rejected } = record.counts;
if (rejected > 0) throw new Error(`Rows were rejected: ${JSON.stringify(record.counts)}`);
console.log(JSON.stringify({ rows: read, ...usage }));
