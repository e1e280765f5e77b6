import * as z from 'zod';
import { refusal } from '../endpoint/refusal.ts';

const QueueUrl = z.string();
const attributeMap = z.record(z.string(), z.string());
const sendEntry = {
  MessageBody: z.string(),
  DelaySeconds: z.int().min(0).max(900).optional(),
};
const visibility = z.int().min(0).max(43_200);

function batchOf<T extends z.ZodRawShape>(shape: T) {
  const Id = z.string().regex(/^[\w-]{1,80}$/);
  return z.strictObject({ QueueUrl, Entries: z.array(z.strictObject({ Id, ...shape })) });
}

/** The input of each action that this stack supports ('Actions' in the SQS API Reference). Message attributes, tags and FIFO are left out. */
export const inputs = {
  CreateQueue: z.strictObject({ QueueName: z.string(), Attributes: attributeMap.default({}) }),
  GetQueueUrl: z.strictObject({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() }),
  ListQueues: z.strictObject({
    QueueNamePrefix: z.string().default(''),
    MaxResults: z.int().min(1).max(1000).default(1000),
    NextToken: z.string().default(''),
  }),
  GetQueueAttributes: z.strictObject({ QueueUrl, AttributeNames: z.array(z.string()).default([]) }),
  SetQueueAttributes: z.strictObject({ QueueUrl, Attributes: attributeMap }),
  SendMessage: z.strictObject({ QueueUrl, ...sendEntry }),
  SendMessageBatch: batchOf(sendEntry),
  ReceiveMessage: z.strictObject({
    QueueUrl,
    MaxNumberOfMessages: z.int().min(1).max(10).default(1),
    VisibilityTimeout: visibility.optional(),
    WaitTimeSeconds: z.int().min(0).max(20).optional(),
    AttributeNames: z.array(z.string()).default([]),
    MessageSystemAttributeNames: z.array(z.string()).default([]),
    MessageAttributeNames: z.array(z.string()).default([]),
    ReceiveRequestAttemptId: z.string().optional(),
  }),
  DeleteMessage: z.strictObject({ QueueUrl, ReceiptHandle: z.string() }),
  DeleteMessageBatch: batchOf({ ReceiptHandle: z.string() }),
  ChangeMessageVisibility: z.strictObject({
    QueueUrl,
    ReceiptHandle: z.string(),
    VisibilityTimeout: visibility,
  }),
  ChangeMessageVisibilityBatch: batchOf({ ReceiptHandle: z.string(), VisibilityTimeout: visibility }),
  PurgeQueue: z.strictObject({ QueueUrl }),
  DeleteQueue: z.strictObject({ QueueUrl }),
};

export type ActionName = keyof typeof inputs;
export type Input<N extends ActionName> = z.infer<(typeof inputs)[N]>;

export type Actions = {
  readonly [N in ActionName]: (input: Input<N>, signal: AbortSignal) => Promise<object>;
};

export function isActionName(name: string): name is ActionName {
  return Object.hasOwn(inputs, name);
}

/** Refuses what the schema does not admit, unknown fields too: nothing that was asked for is silently left undone. */
export function parseInput<N extends ActionName>(name: N, body: Buffer): Input<N> {
  const parsed = inputs[name].safeParse(parseJson(body));
  if (parsed.success) return parsed.data as Input<N>;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the request';
  throw refusal(400, 'InvalidParameterValue', `${name}: ${where}: ${issue?.message}`);
}

function parseJson(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    throw refusal(400, 'SerializationException', 'The body is not JSON.');
  }
}

/** Refuses what SQS refuses of a batch as a whole: none or more than ten entries, or an id twice. */
export function checkBatch(entries: readonly { Id: string }[]): void {
  if (entries.length === 0) {
    throw refusal(400, 'EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    throw refusal(400, 'TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw refusal(400, 'BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  }
}
