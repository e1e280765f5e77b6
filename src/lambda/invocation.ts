import * as z from 'zod';
import { SluiceError } from '../core/errors.ts';

/** A message of a queue, as Lambda's event source mapping hands it over. */
export type QueueRecord = {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly receives: number;
};

/** What an invocation is for. */
export type Invocation =
  /** Anything that is no message and no sweep; `parseS3Event` says what it is. */
  | { readonly kind: 'objects'; readonly event: unknown }
  | { readonly kind: 'work' | 'dead-letters' | 'failed-events'; readonly records: readonly QueueRecord[] }
  | { readonly kind: 'sweep' };

/** The ARNs that distinguish messages of these queues from work messages: the same function consumes all of them. */
export type QueueArns = { readonly deadLetters: string; readonly failedEvents: string };

/** What the schedule invokes the function with. */
export const SWEEP_EVENT = { sluice: 'sweep' } as const;

const sweep = z.object({ sluice: z.literal(SWEEP_EVENT.sluice) });

const sources = z.object({
  Records: z.array(z.object({ eventSource: z.enum(['aws:s3', 'aws:sqs']) })).min(1),
});

const batch = z.object({
  Records: z.array(
    z.object({
      messageId: z.string().min(1),
      receiptHandle: z.string().min(1),
      eventSourceARN: z.string(),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number().default(1) }).prefault({}),
    }),
  ),
});

/** Throws `event-invalid` for messages that lack what SQS always sends, and for those of several sources at once. */
export function parseInvocation(event: unknown, arns: QueueArns): Invocation {
  if (sweep.safeParse(event).success) return { kind: 'sweep' };
  const records = sources.safeParse(event).data?.Records ?? [];
  const messages = records.filter(({ eventSource }) => eventSource === 'aws:sqs');
  if (messages.length === 0) return { kind: 'objects', event };
  if (messages.length < records.length) throw mixed('S3 and SQS records');
  const parsed = batch.safeParse(event);
  if (!parsed.success) {
    throw new SluiceError(
      'event-invalid',
      `The function was invoked with an SQS event that lacks fields that SQS always sends: ${z.prettifyError(parsed.error)}.`,
    );
  }
  const [arn, ...others] = new Set(parsed.data.Records.map(({ eventSourceARN }) => eventSourceARN));
  if (others.length > 0) throw mixed('messages of several queues');
  return {
    kind: arn === arns.deadLetters ? 'dead-letters' : arn === arns.failedEvents ? 'failed-events' : 'work',
    records: parsed.data.Records.map(({ attributes, ...record }) => ({
      ...record,
      receives: attributes.ApproximateReceiveCount,
    })),
  };
}

function mixed(what: string): SluiceError {
  return new SluiceError(
    'event-invalid',
    `The function was invoked with ${what} in one event, which AWS never sends. Invoke it by its bucket, its queues and its schedule only.`,
  );
}
