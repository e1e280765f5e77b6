import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { InvocationOutcome } from './function-process.ts';

export type QueuePollerOptions = {
  readonly client: SQSClient;
  readonly url: string;
  readonly region: string;
  readonly invoke: (event: unknown) => Promise<InvocationOutcome>;
  /** Resolves when an invocation would start at once: a message is received only then, because it is hidden while it waits. */
  readonly whenFree: () => Promise<void>;
  readonly log: (line: string) => void;
};

/** SQS's longest wait for a message. */
const waitSeconds = 20;

/** Between attempts while the queue cannot be reached. */
const retryMs = 1_000;

const batchResponse = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
});

/**
 * Invokes the function with a queue's messages one by one, as an event source mapping with batch size 1 and
 * `ReportBatchItemFailures` does: a message that succeeded is deleted, one that failed becomes visible again.
 */
export function pollQueue(options: QueuePollerOptions): { close(): Promise<void> } {
  const { client, url, log } = options;
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  let reachable = true;

  const receive = async (): Promise<readonly Message[]> => {
    try {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: 1,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
        { abortSignal: closing.signal },
      );
      reachable = true;
      return Messages;
    } catch (error) {
      if (closing.signal.aborted) return [];
      if (reachable)
        log(`The queue ${url} cannot be read; the next attempt follows in a second: ${String(error)}`);
      reachable = false;
      await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => {});
      return [];
    }
  };

  const handle = async (message: Message): Promise<void> => {
    const outcome = await options.invoke({ Records: [eventRecord(message, url, options.region)] });
    if (!succeeded(outcome, message)) return;
    try {
      await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
    } catch (error) {
      log(
        `The message ${message.MessageId} succeeded but could not be deleted, so it will be received again: ${String(error)}`,
      );
    }
  };

  const polling = (async () => {
    while (!closing.signal.aborted) {
      await options.whenFree();
      for (const message of closing.signal.aborted ? [] : await receive()) {
        const handling = handle(message).finally(() => running.delete(handling));
        running.add(handling);
      }
    }
  })();

  return {
    /** Receives no more messages; resolves when those in flight are handled. */
    async close() {
      closing.abort();
      await polling;
      await Promise.all(running);
    },
  };
}

/** No answer, null and an empty list mean that the whole batch succeeded ('Reporting batch item failures'). */
function succeeded(outcome: InvocationOutcome, { MessageId }: Message): boolean {
  if (outcome.kind === 'failed') return false;
  if (outcome.value === null || outcome.value === undefined) return true;
  const response = batchResponse.safeParse(outcome.value);
  if (!response.success) return false;
  return !(response.data.batchItemFailures ?? []).some(({ itemIdentifier }) => itemIdentifier === MessageId);
}

/** 'Using Lambda with Amazon SQS': the shape of a record. */
function eventRecord(message: Message, url: string, region: string): Record<string, unknown> {
  const [account = '', queue = ''] = new URL(url).pathname.split('/').slice(-2);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: message.MessageAttributes ?? {},
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${region}:${account}:${queue}`,
    awsRegion: region,
  };
}
