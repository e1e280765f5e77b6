import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamoTable } from '../../src/aws/dynamo/dynamo-table.ts';
import { wallClock } from '../../src/node/wall-clock.ts';
import type { TableWriter } from '../../src/core/ports.ts';
import { type SimServer, startSimServer } from '../../sim/server.ts';
import { texts } from '../conformance/table-suite.ts';
import { engineCredentials } from '../support/engine.ts';

let server: SimServer;
let table: TableWriter;

beforeAll(async () => {
  server = await startSimServer({
    seed: 1,
    tableName: 'rows',
    keys: { partitionKey: { name: 'id', type: 'S' }, sortKey: null },
    // So slow that nothing comes back within the test.
    capacity: { mode: { kind: 'provisioned', units: 0.02 }, creditSeconds: 300 },
    network: { medianMs: 1, tailShare: 0 },
  });
  table = dynamoTable({
    table: 'rows',
    partitionKey: 'id',
    sortKey: null,
    region: 'us-east-1',
    endpoint: server.endpoint,
    credentials: async () => engineCredentials.credentials,
    clock: wallClock(),
    connections: 2,
  });
});

afterAll(async () => {
  await table.close();
  server.close();
});

test('accepts what its capacity allows, returns the rest, and then throttles with a reason', async () => {
  const batch = texts(Array.from({ length: 10 }, (_, n) => ({ id: { S: `k${n}` } })));
  const first = await table.write(batch);
  expect(first).toEqual({ held: [6, 7, 8, 9], reason: 'throttled', units: 6 });
  const second = await table.write(batch.slice(6));
  expect(second).toEqual({ held: [0, 1, 2, 3], reason: 'table-capacity', units: 0 });
});

test('refuses what DynamoDB refuses', async () => {
  const outcome = await table.write(texts([{ id: { S: '' } }]));
  expect(outcome.refused).toHaveLength(1);
});
