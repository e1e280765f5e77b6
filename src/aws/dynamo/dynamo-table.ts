import type { Clock, Operation, TableWriter, WriteOutcome } from '../../core/ports.ts';
import { isPlain } from '../../core/write-plan.ts';
import { readBatchAnswer, type WireAnswer } from './wire/batch-answer.ts';
import { batchBodies } from './wire/batch-body.ts';
import { type CredentialsProvider, freshSigner } from './wire/fresh-signer.ts';
import { readItemAnswer } from './wire/item-answer.ts';
import { itemBodies } from './wire/item-body.ts';
import { joinedOutcome } from './wire/joined-outcome.ts';
import {
  type HttpAnswer,
  type LostAnswer,
  type PostConnection,
  postConnections,
} from './wire/post-connection.ts';
import { postPool, type Reading } from './wire/post-pool.ts';
import {
  answerInvalid,
  certificateUntrusted,
  type WriteAction,
  type WritePlace,
  writeError,
} from './wire/write-error.ts';

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

type Verdict = WireAnswer | { readonly kind: 'lost'; readonly error: Error };

/** A request that is written and not signed. */
type WireRequest = {
  readonly action: WriteAction;
  readonly body: Buffer;
  readonly itemCount: number;
  readonly read: (answer: HttpAnswer) => WireAnswer;
};

const TARGETS: Readonly<Record<WriteAction, string>> = {
  BatchWriteItem: 'DynamoDB_20120810.BatchWriteItem',
  PutItem: 'DynamoDB_20120810.PutItem',
  UpdateItem: 'DynamoDB_20120810.UpdateItem',
  DeleteItem: 'DynamoDB_20120810.DeleteItem',
};

/**
 * The Table port over DynamoDB's BatchWriteItem, PutItem, UpdateItem and DeleteItem, written and signed here, without the SDK's
 * marshalling. `units` are what DynamoDB reports as consumed, 0 where it doesn't. Fresh credentials after expired ones and a clock
 * that is off are tried once a request. An answer that isn't DynamoDB's counts nothing as written: the items are held as
 * `unavailable`; ten in a row throw `table-answer-invalid`.
 */
export function dynamoTable(options: DynamoTableOptions): TableWriter {
  const { table, region, clock } = options;
  const { connections, requestTimeoutMs } = { ...DEFAULTS, ...options };
  const endpoint = new URL(options.endpoint);
  const key = { partitionKey: options.partitionKey, sortKey: options.sortKey };
  const bodies = batchBodies(table, connections);
  const itemBody = itemBodies(table, options.partitionKey);
  const signers = freshSigner(
    options.credentials,
    {
      region,
      service: 'dynamodb',
      path: endpoint.pathname,
      headers: { host: endpoint.host, 'content-type': 'application/x-amz-json-1.0' },
    },
    placeOf('BatchWriteItem'),
  );
  const { trusted, connect = postConnections({ endpoint, timeoutMs: requestTimeoutMs, trusted }) } = options;
  const pool = postPool({ connect, connections, requestTimeoutMs, clock });
  /** What AWS's clock is ahead of ours. */
  let skewMs = 0;
  let garbledInARow = 0;

  return {
    // Not async: the bodies are written before anything is awaited, because the texts hold during the call only.
    write: (operations) => (operations.every(isPlain) ? writeBatch(operations) : writeMixed(operations)),
    close: async () => pool.close(),
  };

  async function writeBatch(operations: readonly Operation[]): Promise<WriteOutcome> {
    const body = bodies.assemble(operations);
    const request = { table, key, itemCount: operations.length, body };
    const outcome = await carryOut({
      action: 'BatchWriteItem',
      body,
      itemCount: operations.length,
      read: (answer) => readBatchAnswer(answer, request),
    });
    // A server that accounts for every item has read the request to its end.
    if (outcome.reason === null && outcome.refused === undefined) bodies.release(body);
    return outcome;
  }

  async function writeMixed(operations: readonly Operation[]): Promise<WriteOutcome> {
    const all = [...operations.keys()];
    const plain = all.filter((index) => isPlain(operations[index]!));
    const groups = all.filter((index) => !isPlain(operations[index]!)).map((index) => [index]);
    if (plain.length > 0) groups.push(plain);
    // Every request is answered before an error is thrown.
    const outcomes = await Promise.allSettled(
      groups.map((group) =>
        group === plain
          ? writeBatch(plain.map((index) => operations[index]!))
          : writeItem(operations[group[0]!]!),
      ),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    const isLost = outcomes.some(
      (outcome) => outcome.status === 'fulfilled' && outcome.value.reason === 'unavailable',
    );
    // A request without an answer may still be carried out: the caller must learn that first. The error comes again with the next write.
    if (failed !== undefined && !isLost) throw failed.reason;
    return joinedOutcome(
      outcomes.map((outcome, part) => ({
        outcome: outcome.status === 'fulfilled' ? outcome.value : unavailable(groups[part]!.length),
        indexes: groups[part]!,
      })),
    );
  }

  async function writeItem(operation: Operation): Promise<WriteOutcome> {
    const written = itemBody(operation);
    if ('refusal' in written) {
      return { held: [], reason: null, units: 0, refused: [{ indexes: [0], reason: written.refusal }] };
    }
    const { action, body } = written;
    const request = { kind: operation.kind, newerBy: operation.newerBy, body };
    return carryOut({ action, body, itemCount: 1, read: (answer) => readItemAnswer(answer, request) });
  }

  async function carryOut(request: WireRequest): Promise<WriteOutcome> {
    const { action, itemCount } = request;
    const place = placeOf(action);
    let current = signers.current(clock.now());
    if (current instanceof Promise) current = await current;
    let renewed = false;
    let corrected = false;
    for (;;) {
      const headers = current(TARGETS[action])(request.body, clock.now() + skewMs);
      const verdict = await send(request, headers);
      if (verdict.kind !== 'garbled' && verdict.kind !== 'lost') garbledInARow = 0;
      switch (verdict.kind) {
        case 'outcome':
          return verdict.outcome;
        case 'expired':
          if (renewed) throw writeError(verdict.error, place);
          renewed = true;
          current = await signers.replace(current, clock.now());
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
          return unavailable(itemCount);
        case 'lost': {
          const untrusted = certificateUntrusted(verdict.error, place);
          if (untrusted !== null) throw untrusted;
          return unavailable(itemCount);
        }
      }
    }
  }

  function send({ body, read }: WireRequest, headers: string[]): Promise<Verdict> {
    return pool.post({ headers, body }, (answer): Reading<Verdict> => {
      const value = readAnswer(answer, read);
      return { value, sound: value.kind !== 'garbled' };
    });
  }

  function placeOf(action: WriteAction): WritePlace {
    return { table, region, endpoint: options.endpoint, action };
  }
}

function readAnswer(answer: HttpAnswer | LostAnswer, read: WireRequest['read']): Verdict {
  return 'error' in answer ? { kind: 'lost', error: answer.error } : read(answer);
}

function unavailable(itemCount: number): WriteOutcome {
  const held = Array.from({ length: itemCount }, (_, index) => index);
  return { held, reason: 'unavailable', units: 0 };
}
