import { bucket as simBucket } from '../bucket.ts';
import { brokenFile } from '../csv-file.ts';
import { dynamoDbService } from './dynamodb-service.ts';
import { LEDGER_TABLE, ledgerOverWire, refusal } from './ledger-wire.ts';
import { queueOverWire } from './queue-wire.ts';
import { resultsOverWire, sourceOverWire } from './s3-wire.ts';
import { wallClock } from '../../../src/node/wall-clock.ts';

let warm: Promise<void> | null = null;

/**
 * One call of each kind. With its first calls the SDK loads parts of itself. That takes real time, in which virtual time would
 * pass, and a world would not run the same way twice.
 */
export function warmUp(): Promise<void> {
  warm ??= callAll();
  return warm;
}

async function callAll(): Promise<void> {
  const queue = queueOverWire({
    send: async () => undefined,
    hide: async () => undefined,
    waiting: async () => 0,
  });
  await queue.send({ importId: 'i', chunk: 0, epoch: 0 }, 0);
  await queue.hide('r', 0);
  await queue.waiting();
  await resultsOverWire(async () => undefined).put('name', new Uint8Array(1), 'text/plain');
  const bucket = simBucket({ versioned: true });
  const { object } = bucket.put('key', brokenFile('text'), 0);
  const source = sourceOverWire({
    clock: wallClock(),
    bucket,
    pieceBytes: 1,
    request: async (effect) => effect(),
  });
  await drain(source.read(object, 0, 4));
  const records = dynamoDbService({
    table: LEDGER_TABLE,
    nowMs: () => 0,
    lagMs: () => 0,
    pageItems: 1,
    onWrite: () => undefined,
  });
  const ledger = ledgerOverWire(async (target, body) => records.call(target, body));
  const registration = { id: 'i', dataset: 'd', datasetDigest: 'd', object, parallel: 1, queuedAtMs: 0 };
  for (let time = 0; time < 2; time++)
    await ledger.register(registration, [{ startBytes: 0, endBytes: 1, startLine: 1 }]);
  const lease = { importId: 'i', chunk: 0, owner: 'o' };
  await ledger.claim(lease, { epoch: 0, nowMs: 0, untilMs: 1 });
  await ledger.claim({ ...lease, owner: 'p' }, { epoch: 0, nowMs: 0, untilMs: 1 });
  for (const type of [
    'AccessDeniedException',
    'ExpiredTokenException',
    'ProvisionedThroughputExceededException',
  ]) {
    const refused = ledgerOverWire(async () => refusal(type, type));
    await refused.readImport('i').catch(() => undefined);
  }
  await drain(source.read({ ...object, etag: 'other' }, 0, 4)).catch(() => undefined);
}

async function drain(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of pieces);
}
