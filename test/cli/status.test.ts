import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { dynamoLedger } from '../../src/aws/ledger/dynamo-ledger.ts';
import { putCounts } from '../support/counts.ts';
import { chunksAt } from '../../src/core/imports/plan.ts';
import { ensureTable, ledgerTableDefinition } from '../../local/tables.ts';
import { startLocal } from '../local/local-clients.ts';
import { sluice } from '../support/cli.ts';

const t0 = Date.UTC(2026, 10, 1);

/** A ledger with an import that is done, one that is stalled, and one whose loader died long ago. */
async function setUp() {
  const local = await startLocal();
  await ensureTable(local.dynamodb, ledgerTableDefinition('test-ledger'));
  const ledger = dynamoLedger({ client: local.dynamodb, table: 'test-ledger' });
  const [done, stalled, silent] = [randomUUID(), randomUUID(), randomUUID()];
  for (const [index, id] of [done, stalled, silent].entries()) {
    const object = {
      bucket: 'test-source',
      key: `things/${index}.csv`,
      versionId: `v${index}`,
      etag: 'e',
      sizeBytes: 1000,
      sequencer: null,
    };
    const dataset = index === 0 ? 'things' : 'people';
    await ledger.register({ id, dataset, datasetDigest: 'd', object, parallel: 1, queuedAtMs: t0 + index }, [
      { startBytes: 0, endBytes: 1000, startLine: 1 },
    ]);
    const lease = { importId: id, chunk: 0, owner: 'a' };
    await ledger.claim(lease, { epoch: 0, nowMs: t0, untilMs: t0 + 60_000 });
    await ledger.begin(id, t0);
    const counts = putCounts({ read: 1234, written: 1230, rejected: 4 });
    const checkpoint = { offsetBytes: 250, line: 1236, counts, units: 1230 };
    await ledger.checkpoint(lease, checkpoint, t0 + 60_000);
    if (id !== done) continue;
    await ledger.finishChunk(lease, checkpoint);
    await ledger.countChunk(id, 0, counts, 1230);
    await ledger.end(id, { status: 'done', counts, atMs: t0 + 5 });
  }
  await ledger.mark(stalled, 'stalled', { code: 'object-unreadable', reason: 'S3 answers 503.' });
  const args = (...more: string[]): string[] => [...more, `--endpoint=${local.url}`, '--name=test'];
  return { local, ledger, done, stalled, silent, args };
}

test('status lists the latest imports first, with what is settled, and what to do for those that stand still', async () => {
  const { done, stalled, silent, args } = await setUp();
  const { code, stdout, stderr } = await sluice(args('status'));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const counts =
    '  rows: read 1,234 = loaded 1,230 + skipped 0 + rejected 4; items: made 1,230 = written 1,230';
  const [head, ...lines] = stdout.split('\n');
  expect(head).toMatch(/^IMPORT +STATUS +ENDED \(UTC\) +TOOK +DATASET$/);
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    [silent, 'loading', '-', expect.stringMatching(/^[\d.]+ h$/), 'people'],
    ['', 's3://test-source/things/2.csv'],
    counts.split(/ {2,}/),
    ['', expect.stringMatching(`^No lease renewal since 2026-11-01 00:01:00 UTC; .*sluice retry ${silent}$`)],
    [stalled, 'stalled', '-', expect.stringMatching(/^[\d.]+ h$/), 'people'],
    ['', 's3://test-source/things/1.csv'],
    counts.split(/ {2,}/),
    [
      '',
      expect.stringMatching(
        `^object-unreadable: S3 answers 503. Fix the cause, then run: sluice retry ${stalled}$`,
      ),
    ],
    [done, 'done', '2026-11-01 00:00:00', '0.0 s', 'things'],
    ['', 's3://test-source/things/0.csv'],
    counts.split(/ {2,}/),
    [''],
  ]);
});

test('status shows one dataset, so many imports, or one import with its chunks, also as JSON', async () => {
  const { done, silent, args } = await setUp();
  const listed = await sluice(args('status', '--dataset=things', '--limit=1', '--json'));
  const { imports } = JSON.parse(listed.stdout) as { imports: { id: string; notice: string | null }[] };
  expect(imports).toMatchObject([{ id: done, status: 'done', counts: { read: 1234 }, notice: null }]);
  const one = await sluice(args('status', silent));
  expect(one.stdout).toContain(`${silent}: loading`);
  expect(one.stdout).toContain(
    'chunk 0  at byte 250 (25.0 %), line 1,236, leased until 2026-11-01 00:01:00 UTC',
  );
  const plain = await sluice(args('status', silent, '--json'));
  expect(JSON.parse(plain.stdout)).toMatchObject({ id: silent, chunks: [{ checkpoint: { line: 1236 } }] });
});

test('status ID shows why an import is stalled or failed', async () => {
  const { ledger, stalled, silent, args } = await setUp();
  const ofStalled = await sluice(args('status', stalled));
  expect(ofStalled.stdout).toContain(
    `object-unreadable: S3 answers 503. Fix the cause, then run: sluice retry ${stalled}`,
  );
  const failure = { code: 'object-gone', reason: 'It was deleted.' } as const;
  await ledger.end(silent, { status: 'failed', failure, atMs: t0 + 9 });
  expect((await sluice(args('status', silent))).stdout).toMatch(/^ +notice +object-gone: It was deleted\.$/m);
});

test('status tells the place in the text of a compressed file, whose length is not known', async () => {
  const { ledger, args } = await setUp();
  const id = randomUUID();
  const object = { bucket: 'b', key: 'a.gz', versionId: null, etag: 'e', sizeBytes: 100, sequencer: null };
  const record = { id, dataset: 'things', datasetDigest: 'd', object, parallel: 1, queuedAtMs: t0 };
  await ledger.register(record, chunksAt([], object));
  const lease = { importId: id, chunk: 0, owner: 'a' };
  await ledger.claim(lease, { epoch: 0, nowMs: t0, untilMs: t0 + 60_000 });
  const checkpoint = { offsetBytes: 1250, line: 12, counts: putCounts({ read: 0, written: 0 }), units: 0 };
  await ledger.checkpoint(lease, checkpoint, t0 + 60_000);
  expect(await ledger.readChunks(id)).toMatchObject([{ startBytes: 0, endBytes: Infinity, checkpoint }]);
  const { stdout } = await sluice(args('status', id));
  expect(stdout).toContain('chunk 0  at byte 1,250 of the inflated text, line 12, leased until');
  // JSON has no infinity.
  const { chunks } = JSON.parse((await sluice(args('status', id, '--json'))).stdout) as { chunks: unknown };
  expect(chunks).toMatchObject([{ endBytes: null }]);
});

test('status says so where there is no such import, no import, or no such limit', async () => {
  const { args } = await setUp();
  const unknown = await sluice(args('status', 'nobody'));
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('(import-unknown)') });
  const none = await sluice(args('status', '--dataset=nothing'));
  expect(none).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('There are no imports of a dataset'),
  });
  const wrong = await sluice(args('status', '--limit=0'));
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('--limit') });
});

test('retry queues a message of the next epoch, which the queue then has', async () => {
  const { local, ledger, stalled, done, args } = await setUp();
  const { QueueUrl } = await local.sqs.send(new CreateQueueCommand({ QueueName: 'test-work' }));
  const { code, stdout } = await sluice(args('retry', stalled));
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `Queued: import ${stalled} resumes from its checkpoint.\n`,
  });
  const { Messages } = await local.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages?.map(({ Body }) => JSON.parse(Body!) as unknown)).toEqual([
    { importId: stalled, chunk: 0, epoch: 1 },
  ]);
  expect(await ledger.readImport(stalled)).toMatchObject({ status: 'queued' });
  const ended = await sluice(args('retry', done, '--json'));
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.stdout)).toEqual({ import: done, kind: 'ended', status: 'done' });
});

test('retry says which queue it misses', async () => {
  const { stalled, args } = await setUp();
  const { code, stderr } = await sluice(args('retry', stalled));
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining("The work queue 'test-work' does not exist"),
  });
});

test('--aws without a region says so', async () => {
  const env = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
  for (const args of [['status'], ['retry', 'any']]) {
    const { code, stdout, stderr } = await sluice([...args, '--aws'], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/names no region .*Set AWS_REGION, or AWS_PROFILE .*\(configuration-invalid\)\n$/);
  }
});
