import * as z from 'zod';
import { SluiceError } from '../core/errors.ts';
import type { Failure, ObjectRef } from '../core/import.ts';
import { parseS3Event } from '../core/s3-event.ts';
import { parseWork, type WorkMessage } from '../core/work.ts';
import type { AcceptOutcome } from '../engine/accept.ts';
import type { Emit } from '../engine/events.ts';
import type { LoadOutcome } from '../engine/load.ts';
import type { LambdaContext } from './context.ts';

/** The engine, wired to a world. */
export type Pipeline = {
  accept(object: ObjectRef): Promise<AcceptOutcome>;
  /** `deadlineMs` is a time of the monotonic clock, not a span; `receipt` is by what the message is kept hidden. */
  load(
    message: WorkMessage,
    options: { owner: string; deadlineMs: number; receipt: string },
  ): Promise<LoadOutcome>;
  /** Marks the import of a message that has failed for the last time. */
  stall(message: WorkMessage, failure: Failure): Promise<void>;
  /** How often the queue shows a message before it goes to the dead letters. */
  readonly maxReceives: number;
  monotonic(): number;
  readonly emit: Emit;
};

/** The messages that the queue shall show again; SQS deletes the others of the batch. */
export type BatchResponse = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

const sources = z.object({
  Records: z.array(z.object({ eventSource: z.enum(['aws:s3', 'aws:sqs']) })).min(1),
});

const batch = z.object({
  Records: z.array(
    z.object({
      messageId: z.string().min(1),
      receiptHandle: z.string().min(1),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number().default(1) }).prefault({}),
    }),
  ),
});

/**
 * Does what an invocation asks for: accepts the objects of an S3 event (answers nothing), or loads what work messages
 * say (answers which of them failed). Throws `event-invalid` for an event of another kind, and what `accept` threw,
 * after having tried every object: Lambda repeats the whole event, and accepting twice does no harm.
 */
export async function dispatch(
  pipeline: Pipeline,
  event: unknown,
  context: LambdaContext,
): Promise<BatchResponse | undefined> {
  const records = sources.safeParse(event).data?.Records ?? [];
  if (records.length > 0 && records.every(({ eventSource }) => eventSource === 'aws:sqs')) {
    return await loadBatch(pipeline, event, context);
  }
  if (records.some(({ eventSource }) => eventSource === 'aws:sqs')) {
    throw new SluiceError(
      'event-invalid',
      'The function was called with S3 and SQS records in one event, which AWS never sends. Call it by its bucket and its queue only.',
    );
  }
  await acceptObjects(pipeline, event);
  return undefined;
}

async function acceptObjects(pipeline: Pipeline, event: unknown): Promise<void> {
  const notification = parseS3Event(event);
  if (notification.kind === 'test') {
    pipeline.emit({
      type: 'event ignored',
      level: 'info',
      reason: 'S3 sent a test event: the notification is set up, and there is nothing to load',
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

async function loadBatch(pipeline: Pipeline, event: unknown, context: LambdaContext): Promise<BatchResponse> {
  const messages = batch.safeParse(event);
  if (!messages.success) {
    throw new SluiceError(
      'event-invalid',
      `The function was called with an SQS event that lacks what SQS always sends: ${z.prettifyError(messages.error)}.`,
    );
  }
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, receiptHandle, body, attributes } of messages.data.Records) {
    try {
      const outcome = await pipeline.load(parseWork(body), {
        owner: context.awsRequestId,
        deadlineMs: pipeline.monotonic() + context.getRemainingTimeInMillis(),
        receipt: receiptHandle,
      });
      if (outcome.kind === 'lost') batchItemFailures.push({ itemIdentifier: messageId });
    } catch (error) {
      batchItemFailures.push({ itemIdentifier: messageId });
      const failure = describeError(error);
      pipeline.emit({
        type: 'message failed',
        level: 'error',
        messageId,
        body: body.slice(0, 1000),
        ...failure,
      });
      if (attributes.ApproximateReceiveCount >= pipeline.maxReceives) await stall(pipeline, body, failure);
    }
  }
  return { batchItemFailures };
}

/** The message will not be shown again. Should not even this succeed, the dead-letter queue still has the message. */
async function stall(pipeline: Pipeline, body: string, { code, reason }: Failure): Promise<void> {
  try {
    await pipeline.stall(parseWork(body), { code, reason });
  } catch (error) {
    pipeline.emit({ type: 'import not marked stalled', level: 'error', ...describeError(error) });
  }
}

function describeError(error: unknown): Failure & { error: unknown } {
  return {
    code: error instanceof SluiceError ? error.code : 'internal',
    reason: error instanceof Error ? error.message : String(error),
    error,
  };
}
