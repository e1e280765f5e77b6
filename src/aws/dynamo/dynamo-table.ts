import type { Clock, Operation, TableWriter, WriteOutcome } from '../../core/ports.ts';
import type { Signer } from './sigv4.ts';
import { batchBodies } from './wire/batch-body.ts';
import { type BatchAnswer, readBatchAnswer } from './wire/batch-answer.ts';
import { type CredentialsProvider, freshSigner } from './wire/fresh-signer.ts';
import {
  type HttpAnswer,
  type LostAnswer,
  type PostConnection,
  postConnections,
} from './wire/post-connection.ts';
import { postPool, type Reading } from './wire/post-pool.ts';
import { answerInvalid, certificateUntrusted, type WritePlace, writeError } from './wire/write-error.ts';

export type DynamoTableOptions = {
  readonly table: string;
  /** The table's key attributes; `sortKey` is null where it has none. */
  readonly partitionKey: string;
  readonly sortKey: string | null;
  /** As `dynamoConnection` finds them out from an SDK client. */
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: CredentialsProvider;
  readonly clock: Clock;
  /** Requests at once, at most; further writes wait. Default 128: about what fills a core at 6 ms a request. */
  readonly connections?: number;
  /**
   * One request's, in milliseconds. Default 10,000: a write sends at most three requests, one after another, and must be
   * over well before the lease (60 s) ends.
   */
  readonly requestTimeoutMs?: number;
  /** Certificates to trust beside the system's, in PEM. */
  readonly trusted?: string;
  /** Opens a connection to the endpoint; the default opens real ones. */
  readonly connect?: () => PostConnection;
};

const DEFAULTS = { connections: 128, requestTimeoutMs: 10_000 };

/** So many answers in a row that aren't DynamoDB's are no accident. */
const MAX_GARBLED = 10;

type Verdict = BatchAnswer | { readonly kind: 'lost'; readonly error: Error };

/**
 * The Table port over DynamoDB's BatchWriteItem, written and signed here, without the SDK's marshalling. `units` are what
 * DynamoDB reports as consumed, 0 where it doesn't. Fresh credentials after expired ones and a clock that is off are tried once
 * a write. An answer that isn't DynamoDB's counts nothing as written: the items are held as `unavailable`; ten in a row throw
 * `table-answer-invalid`.
 */
export function dynamoTable(options: DynamoTableOptions): TableWriter {
  const { table, region, clock } = options;
  const { connections, requestTimeoutMs } = { ...DEFAULTS, ...options };
  const endpoint = new URL(options.endpoint);
  const place: WritePlace = { table, region, endpoint: options.endpoint };
  const key = { partitionKey: options.partitionKey, sortKey: options.sortKey };
  const bodies = batchBodies(table, connections);
  const signers = freshSigner(
    options.credentials,
    {
      region,
      service: 'dynamodb',
      path: endpoint.pathname,
      headers: {
        host: endpoint.host,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.BatchWriteItem',
      },
    },
    place,
  );
  const { trusted, connect = postConnections({ endpoint, timeoutMs: requestTimeoutMs, trusted }) } = options;
  const pool = postPool({ connect, connections, requestTimeoutMs, clock });
  /** What AWS's clock is ahead of ours. */
  let skewMs = 0;
  let garbledInARow = 0;

  return {
    write,
    close: async () => pool.close(),
  };

  async function write(operations: readonly Operation[]): Promise<WriteOutcome> {
    // Before anything is awaited: the texts hold during the call only.
    const body = bodies.assemble(operations);
    let sign = await signers.current(clock.now());
    let renewed = false;
    let corrected = false;
    for (;;) {
      const verdict = await send(body, sign, operations.length);
      if (verdict.kind !== 'garbled' && verdict.kind !== 'lost') garbledInARow = 0;
      switch (verdict.kind) {
        case 'outcome':
          if (isRead(verdict.outcome)) bodies.release(body);
          return verdict.outcome;
        case 'expired':
          if (renewed) throw writeError(verdict.error, place);
          renewed = true;
          sign = await signers.replace(sign, clock.now());
          break;
        case 'skewed':
          if (corrected || verdict.serverTimeMs === null) throw writeError(verdict.error, place);
          corrected = true;
          skewMs = verdict.serverTimeMs - clock.now();
          break;
        case 'failed':
          throw writeError(verdict.error, place);
        case 'garbled':
          if (++garbledInARow >= MAX_GARBLED) throw answerInvalid(verdict.why, place);
          return unavailable(operations.length);
        case 'lost': {
          const untrusted = certificateUntrusted(verdict.error, place);
          if (untrusted !== null) throw untrusted;
          return unavailable(operations.length);
        }
      }
    }
  }

  function send(body: Buffer, sign: Signer, itemCount: number): Promise<Verdict> {
    const headers = sign(body, clock.now() + skewMs);
    const request = { table, key, itemCount, body };
    return pool.post({ headers, body }, (answer): Reading<Verdict> => {
      const value = readAnswer(answer, request);
      return { value, sound: value.kind !== 'garbled' };
    });
  }
}

function readAnswer(
  answer: HttpAnswer | LostAnswer,
  request: Parameters<typeof readBatchAnswer>[1],
): Verdict {
  return 'error' in answer ? { kind: 'lost', error: answer.error } : readBatchAnswer(answer, request);
}

/** A server that accounts for every item has read the request to its end. */
function isRead(outcome: WriteOutcome): boolean {
  return outcome.kind === 'answered' && outcome.reason === null;
}

function unavailable(itemCount: number): WriteOutcome {
  const held = Array.from({ length: itemCount }, (_, index) => index);
  return { kind: 'answered', held, reason: 'unavailable', units: 0 };
}
