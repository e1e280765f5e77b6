import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeleteItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoLedger } from '../../../src/aws/ledger/dynamo-ledger.ts';
import { chunkKey } from '../../../src/aws/ledger/chunk-item.ts';
import { importKey } from '../../../src/aws/ledger/import-item.ts';
import { noCounts } from '../../../src/core/imports/counts.ts';
import { ensureTable, ledgerTableDefinition } from '../../../local/tables.ts';
import { describeLedgerAgainstModel } from '../../conformance/ledger-model-suite.ts';
import { describeLedgerRaces } from '../../conformance/ledger-races-suite.ts';
import { describeLedger, type OpenLedger } from '../../conformance/ledger-suite.ts';
import { dynalite } from '../../support/dynalite.ts';
import { dynamoDbLocal } from '../../support/dynamodb-local.ts';
import { type Engine, type EngineKind, engineCredentials } from '../../support/engine.ts';
import { moto } from '../../support/moto.ts';

const DAY_MS = 86_400_000;

// Sequences beside the model: as many as a few seconds of the engine allow.
describe.each([
  { kind: dynalite, runs: 60 },
  { kind: dynamoDbLocal, runs: 40 },
  { kind: moto, runs: 10 },
])('on $kind.name', ({ kind, runs }) => {
  describe.skipIf(kind.missing !== null)(kind.missing ?? 'as installed here', () => {
    const running = shared(kind);
    describeLedger(kind.name, running);
    // moto looks at a condition and writes in two steps, on many threads: two who ask at once may both be let through.
    if (kind !== moto) describeLedgerRaces(kind.name, running);
    describeLedgerAgainstModel(kind.name, running, runs);
  });
});

describe('the ledger in its table', () => {
  const running = open(dynalite);
  const record = { dataset: 'people', datasetDigest: 'd', parallel: 1, queuedAtMs: Date.UTC(2026, 10, 1) };
  const object = { bucket: 'b', key: 'k', versionId: null, etag: 'e', sizeBytes: 30, sequencer: null };
  const thirds = [0, 10, 20].map((startBytes) => ({
    startBytes,
    endBytes: startBytes + 10,
    startLine: 1 + startBytes / 5,
  }));

  test.each([
    ['of known length', 30],
    ['whose end is known when it is read', Infinity],
  ])(
    'adds the chunks that a crash left out, as they were first planned, of a text %s',
    async (_, endBytes) => {
      const plan = [...thirds.slice(0, 2), { ...thirds[2]!, endBytes }];
      const { client, table } = await running();
      const ledger = dynamoLedger({ client, table });
      const id = randomUUID();
      await ledger.register({ id, object, ...record }, plan);
      const lease = { importId: id, chunk: 0, owner: 'a' };
      await ledger.claim(lease, { epoch: 0, nowMs: 1, untilMs: 2 });
      const before = await ledger.readChunks(id);
      for (const index of [1, 2]) {
        await client.send(new DeleteItemCommand({ TableName: table, Key: chunkKey(id, index) }));
      }
      const again = await ledger.register({ id, object, ...record }, [
        { startBytes: 0, endBytes: 30, startLine: 1 },
      ]);
      expect(again).toMatchObject({ isNew: false, record: { chunkCount: 3 } });
      expect(await ledger.readChunks(id)).toEqual(before);
      expect(before.at(-1)).toMatchObject({ startBytes: 20, endBytes });
    },
  );

  test('adds no chunks to an import that has ended', async () => {
    const { client, table } = await running();
    const ledger = dynamoLedger({ client, table });
    const id = randomUUID();
    await ledger.register({ id, object, ...record }, thirds);
    await ledger.end(id, { status: 'failed', failure: { code: 'object-gone', reason: '.' }, atMs: 5 });
    await client.send(new DeleteItemCommand({ TableName: table, Key: chunkKey(id, 2) }));
    expect(await ledger.register({ id, object, ...record }, thirds)).toMatchObject({
      isNew: false,
      record: { status: 'failed' },
    });
    expect(await ledger.readChunks(id)).toHaveLength(2);
  });

  test('lets an import expire so many days after its end, and its chunks a year later at the earliest', async () => {
    const { client, table } = await running();
    const ledger = dynamoLedger({ client, table, retentionDays: 30 });
    const id = randomUUID();
    await ledger.register({ id, object, ...record }, [{ startBytes: 0, endBytes: 30, startLine: 1 }]);
    expect(await expiry(importKey(id))).toBeUndefined();
    expect(await expiry(chunkKey(id, 0))).toBe(`${(record.queuedAtMs + 395 * DAY_MS) / 1000}`);
    const lease = { importId: id, chunk: 0, owner: 'a' };
    const laterMs = record.queuedAtMs + 7 * DAY_MS;
    await ledger.claim(lease, { epoch: 0, nowMs: laterMs, untilMs: laterMs + 1 });
    await ledger.finishChunk(lease, { offsetBytes: 30, line: 2, counts: noCounts, units: 0 });
    expect(await expiry(chunkKey(id, 0))).toBe(`${(laterMs + 395 * DAY_MS) / 1000}`);
    await ledger.countChunk(id, 0, noCounts, 0);
    await ledger.end(id, { status: 'done', counts: noCounts, atMs: laterMs });
    expect(await expiry(importKey(id))).toBe(`${(laterMs + 30 * DAY_MS) / 1000}`);

    async function expiry(key: ReturnType<typeof importKey>): Promise<string | undefined> {
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key }));
      return Item?.['expiresAt']?.N;
    }
  });

  test.each([
    ['90 days after its end by default', {}, `${(record.queuedAtMs + 90 * DAY_MS) / 1000}`],
    ['never where it is kept for 0 days', { retentionDays: 0 }, undefined],
  ])('lets an import expire %s', async (_, options, expected) => {
    const { client, table } = await running();
    const ledger = dynamoLedger({ client, table, ...options });
    const id = randomUUID();
    await ledger.register({ id, object, ...record }, thirds);
    const failure = { code: 'object-gone', reason: '.' } as const;
    await ledger.end(id, { status: 'failed', failure, atMs: record.queuedAtMs });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: importKey(id) }));
    expect(Item?.['expiresAt']?.N).toBe(expected);
  });

  test('says which table is missing, whatever is asked', async () => {
    const { client } = await running();
    const ledger = dynamoLedger({ client, table: 'nowhere-ledger' });
    const lease = { importId: 'x', chunk: 0, owner: 'a' };
    const calls = [
      () => ledger.register({ id: 'x', object, ...record }, thirds),
      () => ledger.readImport('x'),
      () => ledger.readChunks('x'),
      () => ledger.listImports(null, 1),
      () => ledger.claim(lease, { epoch: 0, nowMs: 0, untilMs: 1 }),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'ledger-missing',
        message: expect.stringContaining("'nowhere-ledger'"),
      });
    }
  });
});

test('a ledger that may not be written says what must be allowed', async () => {
  const answer = {
    __type: 'com.amazon.coral.service#AccessDeniedException',
    message: 'User: u is not authorized',
  };
  const server = createServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, ...engineCredentials });
  try {
    await expect(dynamoLedger({ client, table: 'sluice-ledger' }).begin('x', 0)).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringMatching(/dynamodb:UpdateItem on table\/sluice-ledger .*User: u is not/),
    });
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
});

type Running = { client: DynamoDBClient; table: string };

/** An engine with a ledger table, for the tests of the `describe` that this is called in. */
function open(kind: EngineKind): () => Promise<Running> {
  let engine: Engine;
  let running: Running;
  beforeAll(async () => {
    engine = await kind.open();
    const client = new DynamoDBClient({ endpoint: engine.endpoint, ...engineCredentials });
    running = { client, table: `ledger-${randomUUID()}` };
    await ensureTable(client, ledgerTableDefinition(running.table));
  });
  afterAll(async () => {
    running?.client.destroy();
    await engine?.close();
  });
  return async () => running;
}

/** One engine for several suites. */
function shared(kind: EngineKind): OpenLedger {
  const running = open(kind);
  return async () => {
    const { client, table } = await running();
    return { ledger: dynamoLedger({ client, table, retentionDays: 30 }), close: async () => undefined };
  };
}
