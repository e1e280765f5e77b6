import { parseArgs } from 'node:util';
import { dynamoTable } from '../src/aws/dynamo/dynamo-table.ts';
import { wallClock } from '../src/node/wall-clock.ts';
import type { Operation, TableWriter } from '../src/core/ports.ts';
import { PLAIN_PUT } from '../src/core/write-plan.ts';
import { CERTIFICATE, startCountingServer } from './counting-server.ts';

/** What sending alone costs: items that lie ready in memory go to an endpoint that only counts. */
export type WireResult = {
  readonly rows: number;
  /** Of this process, in seconds: user and system. */
  readonly cpuSeconds: number;
  readonly elapsedSeconds: number;
  readonly rowsPerCpuSecond: number;
};

export type WireOptions = {
  readonly rows: number;
  readonly connections: number;
  readonly tls: boolean;
  readonly latencyMs: number;
};

const BATCH_ITEMS = 25;
const ITEM_BYTES = 200;

/** Throws if the endpoint counted another number than was sent. */
export async function measureWire(options: WireOptions): Promise<WireResult> {
  const server = await startCountingServer(options);
  const table = dynamoTable({
    table: 'bench',
    partitionKey: 'id',
    sortKey: null,
    region: 'us-east-1',
    endpoint: server.endpoint,
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    clock: wallClock(),
    connections: options.connections,
    trusted: CERTIFICATE,
  });
  try {
    const batches = makeBatches(64);
    await sendAll(table, batches, 4 * options.connections, options.connections);
    const before = (await server.count()).items;
    const requests = Math.ceil(options.rows / BATCH_ITEMS);
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    await sendAll(table, batches, requests, options.connections);
    const cpu = process.cpuUsage(cpuBefore);
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    const rows = (await server.count()).items - before;
    if (rows !== requests * BATCH_ITEMS) throw new Error(`sent ${requests * BATCH_ITEMS}, counted ${rows}`);
    const cpuSeconds = (cpu.user + cpu.system) / 1e6;
    return { rows, cpuSeconds, elapsedSeconds, rowsPerCpuSecond: rows / cpuSeconds };
  } finally {
    await table.close();
    server.close();
  }
}

async function sendAll(
  table: TableWriter,
  batches: readonly Operation[][],
  requests: number,
  concurrency: number,
): Promise<void> {
  let sent = 0;
  await Promise.all(Array.from({ length: concurrency }, sendSome));

  async function sendSome(): Promise<void> {
    while (sent < requests) await table.write(batches[sent++ % batches.length]!);
  }
}

/** Batches of items in one arena each, as the mapping leaves them. */
function makeBatches(count: number): Operation[][] {
  return Array.from({ length: count }, (_, batch) => {
    const texts = Array.from({ length: BATCH_ITEMS }, (_, index) => {
      const head = `{"id":{"S":"${batch * BATCH_ITEMS + index}"},"text":{"S":"`;
      return `${head}${'x'.repeat(ITEM_BYTES - head.length - 3)}"}}`;
    });
    const bytes = Buffer.from(texts.join(''));
    return texts.map((text, index) => {
      const start = texts.slice(0, index).join('').length;
      return { ...PLAIN_PUT, bytes, start, keyEnd: start, end: start + text.length };
    });
  });
}

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '1000000' },
      runs: { type: 'string', default: '5' },
      connections: { type: 'string', default: '32' },
      tls: { type: 'boolean', default: false },
      'latency-ms': { type: 'string', default: '0' },
    },
  });
  const results: WireResult[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    results.push(
      await measureWire({
        rows: Number(values.rows),
        connections: Number(values.connections),
        tls: values.tls,
        latencyMs: Number(values['latency-ms']),
      }),
    );
  }
  results.sort((a, b) => a.rowsPerCpuSecond - b.rowsPerCpuSecond);
  const median = results[Math.floor(results.length / 2)]!;
  console.log(
    `${Math.round(median.rowsPerCpuSecond).toLocaleString('en')} rows per CPU-second (median of ${results.length}; ` +
      `${((median.cpuSeconds / median.rows) * 1e6).toFixed(2)} µs a row, ` +
      `${Math.round(median.rows / median.elapsedSeconds).toLocaleString('en')} rows per second of wall time)`,
  );
}
