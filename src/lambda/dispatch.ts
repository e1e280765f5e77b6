import type { Failure, ObjectRef } from '../core/imports/import.ts';
import { parseS3Event } from './s3-event.ts';
import { parseWork, type WorkMessage } from '../core/imports/work.ts';
import type { AcceptOutcome } from '../engine/accept.ts';
import type { LoadOutcome } from '../engine/loading/load-message.ts';
import type { LambdaContext } from './context.ts';
import { describeError } from './describe-error.ts';
import type { EmitFunctionEvent } from './function-event.ts';
import { parseFailedEvent } from './failed-event.ts';
import { parseInvocation, type QueueArns, type QueueRecord } from './invocation.ts';

/** The engine, wired to a world. */
export type Pipeline = {
  accept(object: ObjectRef): Promise<AcceptOutcome>;
  /** `deadlineMs` is a time of the monotonic clock, not a span; `receipt` is by what the message is kept hidden. */
  load(
    message: WorkMessage,
    options: { owner: string; deadlineMs: number; receipt: string },
  ): Promise<LoadOutcome>;
  /** Notes why a load failed whose message comes again. */
  noteFailure(message: WorkMessage, failure: Failure): Promise<void>;
  /** Has a work message seen again so soon. */
  hide(receipt: string, forMs: number): Promise<void>;
  /** Marks the import of a dead letter. False: the message must be shown again. */
  stall(message: WorkMessage): Promise<boolean>;
  sweep(deadlineMs: number): Promise<void>;
  readonly queueArns: QueueArns;
  monotonic(): number;
  readonly emit: EmitFunctionEvent;
};

/** The messages that the queue shall show again; SQS deletes the others of the batch. */
export type BatchResponse = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

/** Of a work message that failed: as long as the lease that its loader may have left. */
export const RETRY_MS = 60_000;

/**
 * Does what an invocation asks for: accepts the objects of an S3 event or sweeps (answers nothing), or handles messages (answers
 * which of them failed). Throws `event-invalid` for an event of another kind, and what `accept` threw, after having tried every
 * object: Lambda repeats the whole event, and accepting twice does no harm.
 */
export async function dispatch(
  pipeline: Pipeline,
  event: unknown,
  context: LambdaContext,
): Promise<BatchResponse | undefined> {
  const invocation = parseInvocation(event, pipeline.queueArns);
  const deadlineMs = pipeline.monotonic() + context.getRemainingTimeInMillis();
  switch (invocation.kind) {
    case 'objects':
      await acceptObjects(pipeline, invocation.event);
      return undefined;
    case 'sweep':
      await pipeline.sweep(deadlineMs);
      return undefined;
    case 'work':
      return forEach(invocation.records, (record) =>
        handleWork(pipeline, record, { owner: context.awsRequestId, deadlineMs }),
      );
    case 'dead-letters':
      return forEach(invocation.records, (record) => stallImport(pipeline, record));
    case 'failed-events':
      return forEach(invocation.records, (record) => acceptAgain(pipeline, record));
  }
}

/** `handle` answers whether the message is done with. */
async function forEach(
  records: readonly QueueRecord[],
  handle: (record: QueueRecord) => Promise<boolean>,
): Promise<BatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const record of records) {
    if (!(await handle(record))) batchItemFailures.push({ itemIdentifier: record.messageId });
  }
  return { batchItemFailures };
}

async function acceptObjects(pipeline: Pipeline, event: unknown): Promise<void> {
  const notification = parseS3Event(event);
  if (notification.kind === 'test') {
    pipeline.emit({
      type: 'event ignored',
      level: 'info',
      reason: 'S3 sent a test event: the notification works, and there is nothing to load',
    });
    return;
  }
  const failures: unknown[] = [];
  for (const object of notification.objects) {
    try {
      await pipeline.accept(object);
    } catch (error) {
      failures.push(error);
      pipeline.emit({
        type: 'accept failed',
        level: 'error',
        bucket: object.bucket,
        key: object.key,
        ...describeError(error),
      });
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function handleWork(
  pipeline: Pipeline,
  { messageId, receiptHandle, body }: QueueRecord,
  options: { owner: string; deadlineMs: number },
): Promise<boolean> {
  try {
    const outcome = await pipeline.load(parseWork(body), { ...options, receipt: receiptHandle });
    return outcome.kind !== 'lost';
  } catch (error) {
    const { code, reason } = tellFailure(pipeline, 'message failed', messageId, body, error);
    try {
      await pipeline.hide(receiptHandle, RETRY_MS);
      if (code !== 'message-invalid') await pipeline.noteFailure(parseWork(body), { code, reason });
    } catch (other) {
      pipeline.emit({ type: 'failure not recorded', level: 'warn', messageId, ...describeError(other) });
    }
    return false;
  }
}

/** A message that Sluice did not write is logged and deleted. */
async function stallImport(pipeline: Pipeline, { messageId, body }: QueueRecord): Promise<boolean> {
  try {
    return await pipeline.stall(parseWork(body));
  } catch (error) {
    const { code } = tellFailure(pipeline, 'dead letter failed', messageId, body, error);
    return code === 'message-invalid';
  }
}

/**
 * Accepts the objects of an event that failed at every attempt. The failure is logged first, in case this attempt kills the process
 * too. The message stays in its queue, and is retried until it succeeds or expires. A message that cannot be parsed is logged and
 * deleted.
 */
async function acceptAgain(pipeline: Pipeline, { messageId, body, receives }: QueueRecord): Promise<boolean> {
  try {
    const { event, condition, reason } = parseFailedEvent(body);
    if (parseInvocation(event, pipeline.queueArns).kind === 'sweep') {
      pipeline.emit({ type: 'sweep failed', level: 'error', condition, reason });
      return true;
    }
    const attempt = receives;
    pipeline.emit({ type: 'event failed', level: 'error', messageId, attempt, condition, reason, event });
    await acceptObjects(pipeline, event);
    pipeline.emit({ type: 'event recovered', level: 'info', messageId, attempt });
    return true;
  } catch (error) {
    const { code } = tellFailure(pipeline, 'failed event not accepted', messageId, body, error);
    return code === 'event-invalid';
  }
}

function tellFailure(
  { emit }: Pipeline,
  type: 'message failed' | 'dead letter failed' | 'failed event not accepted',
  messageId: string,
  body: string,
  error: unknown,
): Failure {
  const failure = describeError(error);
  emit({ type, level: 'error', messageId, body: body.slice(0, 1000), ...failure });
  return failure;
}
