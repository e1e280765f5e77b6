import { isRefusal, refusal } from '../refusal.ts';
import { type SqsAnswer, chosen, delivered, failure, success } from './answer.ts';
import {
  type QueueAttributes,
  checkAttributes,
  defaultAttributes,
  invalid,
  numberOf,
  redriveOf,
} from './attributes.ts';
import { type ActionName, type Input, checkBatch, isActionName, parseInput } from './inputs.ts';
import type { Queue } from './queue.ts';
import { openQueueStore } from './queue-store.ts';
import { createReceiver } from './receiver.ts';

/** SQS's JSON protocol without the HTTP around it. */
export type Sqs = {
  /** Answers what SQS would, errors included; never rejects. A call that waits for messages ends when the signal aborts. */
  call(action: string, body: Buffer, signal: AbortSignal): Promise<SqsAnswer>;
  /** Ends the calls that wait for messages: they answer that there are none. */
  endWaiting(): void;
};

type Actions = { [N in ActionName]: (input: Input<N>, signal: AbortSignal) => Promise<object> };

export const accountId = '000000000000';

/**
 * Standard queues, kept in `folder`. An answer is given when what it tells is on disk. `url` is the endpoint's; a queue's URL is
 * taken by its last part, so that it stays good when the stack comes back on another port. FIFO queues, message
 * attributes and tags are refused.
 *
 * Throws `file-unreadable` if the folder holds what this has not written.
 */
export async function openSqs(options: {
  folder: string;
  url: string;
  region: string;
  now: () => number;
}): Promise<Sqs> {
  const { now } = options;
  const store = await openQueueStore(options.folder, now);
  const arnOf = (name: string): string => `arn:aws:sqs:${options.region}:${accountId}:${name}`;
  const urlOf = (queue: Queue): string => `${options.url}/${accountId}/${queue.state.name}`;
  const byName = (name: string): Queue => store.queues.get(name) ?? missing();
  const byUrl = (url: string): Queue => byName(url.slice(url.lastIndexOf('/') + 1));
  const receiver = createReceiver({ store, arnOf, now });

  /** The attributes with the new ones over them, checked. */
  const merged = (old: QueueAttributes, changes: QueueAttributes): QueueAttributes => {
    checkAttributes(changes);
    const attributes = { ...old, ...changes };
    const target = redriveOf(attributes)?.deadLetterQueueArn;
    if (target !== undefined && ![...store.queues.keys()].some((name) => arnOf(name) === target)) {
      throw invalid('RedrivePolicy', attributes['RedrivePolicy']!, 'Dead letter target does not exist');
    }
    return attributes;
  };

  const actions: Actions = {
    async CreateQueue({ QueueName, Attributes }) {
      checkName(QueueName);
      const existing = store.queues.get(QueueName);
      if (
        existing &&
        Object.entries(Attributes).some(([name, value]) => existing.state.attributes[name] !== value)
      ) {
        throw refusal(400, 'QueueNameExists', `A queue '${QueueName}' exists with other attributes.`);
      }
      const queue = existing ?? (await store.create(QueueName, merged(defaultAttributes(), Attributes)));
      return { QueueUrl: urlOf(queue) };
    },
    async GetQueueUrl({ QueueName }) {
      return { QueueUrl: urlOf(byName(QueueName)) };
    },
    async ListQueues({ QueueNamePrefix, MaxResults, NextToken }) {
      const names = [...store.queues.keys()]
        .filter((name) => name.startsWith(QueueNamePrefix) && name > NextToken)
        .toSorted();
      const page = names.slice(0, MaxResults);
      return {
        QueueUrls: page.map((name) => urlOf(byName(name))),
        ...(names.length > page.length ? { NextToken: page.at(-1) } : {}),
      };
    },
    async GetQueueAttributes({ QueueUrl, AttributeNames }) {
      const queue = byUrl(QueueUrl);
      const { state } = queue;
      const { visible, inFlight, delayed } = queue.counts();
      const all: Record<string, string> = {
        ...state.attributes,
        QueueArn: arnOf(state.name),
        CreatedTimestamp: String(Math.floor(state.createdAtMs / 1000)),
        LastModifiedTimestamp: String(Math.floor(state.modifiedAtMs / 1000)),
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
      };
      return { Attributes: chosen(all, AttributeNames) };
    },
    async SetQueueAttributes({ QueueUrl, Attributes }) {
      const queue = byUrl(QueueUrl);
      queue.state.attributes = merged(queue.state.attributes, Attributes);
      queue.state.modifiedAtMs = now();
      await store.save(queue);
      return {};
    },
    async SendMessage({ QueueUrl, MessageBody, DelaySeconds }) {
      const queue = byUrl(QueueUrl);
      checkBodies(queue, [MessageBody]);
      const { id, md5 } = queue.send(MessageBody, DelaySeconds);
      await store.save(queue);
      receiver.wake();
      return { MessageId: id, MD5OfMessageBody: md5 };
    },
    async SendMessageBatch({ QueueUrl, Entries }) {
      const queue = byUrl(QueueUrl);
      checkBatch(Entries);
      checkBodies(
        queue,
        Entries.map(({ MessageBody }) => MessageBody),
      );
      const Successful = Entries.map(({ Id, MessageBody, DelaySeconds }) => {
        const { id, md5 } = queue.send(MessageBody, DelaySeconds);
        return { Id, MessageId: id, MD5OfMessageBody: md5 };
      });
      await store.save(queue);
      receiver.wake();
      return { Successful, Failed: [] };
    },
    async ReceiveMessage(input, signal) {
      const queue = byUrl(input.QueueUrl);
      const waitSeconds =
        input.WaitTimeSeconds ?? numberOf(queue.state.attributes, 'ReceiveMessageWaitTimeSeconds');
      const messages = await receiver.receive(queue, {
        limit: input.MaxNumberOfMessages,
        visibilitySeconds: input.VisibilityTimeout,
        waitMs: waitSeconds * 1000,
        signal,
      });
      const names = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
      return messages.length === 0
        ? {}
        : { Messages: messages.map((message) => delivered(accountId, message, names)) };
    },
    async DeleteMessage({ QueueUrl, ReceiptHandle }) {
      const queue = byUrl(QueueUrl);
      remove(queue, ReceiptHandle);
      await store.save(queue);
      return {};
    },
    async DeleteMessageBatch({ QueueUrl, Entries }) {
      const queue = byUrl(QueueUrl);
      checkBatch(Entries);
      const answer = eachOf(Entries, ({ ReceiptHandle }) => remove(queue, ReceiptHandle));
      await store.save(queue);
      return answer;
    },
    async ChangeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }) {
      const queue = byUrl(QueueUrl);
      hide(queue, ReceiptHandle, VisibilityTimeout, now());
      await store.save(queue);
      receiver.wake();
      return {};
    },
    async ChangeMessageVisibilityBatch({ QueueUrl, Entries }) {
      const queue = byUrl(QueueUrl);
      checkBatch(Entries);
      const answer = eachOf(Entries, (entry) =>
        hide(queue, entry.ReceiptHandle, entry.VisibilityTimeout, now()),
      );
      await store.save(queue);
      receiver.wake();
      return answer;
    },
    async PurgeQueue({ QueueUrl }) {
      const queue = byUrl(QueueUrl);
      queue.remove(queue.state.messages);
      await store.save(queue);
      return {};
    },
    async DeleteQueue({ QueueUrl }) {
      await store.delete(byUrl(QueueUrl));
      receiver.wake();
      return {};
    },
  };

  const run = (name: ActionName, body: Buffer, signal: AbortSignal): Promise<object> => {
    // Name and input fit together by `parseInput`, which a union of all actions cannot tell.
    const act = actions[name] as (input: unknown, signal: AbortSignal) => Promise<object>;
    return act(parseInput(name, body), signal);
  };

  return {
    async call(action, body, signal) {
      try {
        if (!isActionName(action)) {
          throw refusal(400, 'UnsupportedOperation', `The local stack does not know SQS's ${action}.`);
        }
        return success(await run(action, body, signal));
      } catch (error) {
        return failure(error);
      }
    },
    endWaiting: () => receiver.end(),
  };
}

function checkName(name: string): void {
  if (name.endsWith('.fifo')) {
    throw refusal(400, 'UnsupportedOperation', 'The local stack has standard queues only, no FIFO queues.');
  }
  if (!/^[\w-]{1,80}$/.test(name)) {
    throw invalid('QueueName', name, 'it must be 1 to 80 letters, digits, hyphens and underscores');
  }
}

/** The bound is for all messages of a request together, as in SQS. */
function checkBodies(queue: Queue, bodies: readonly string[]): void {
  const sizeBytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  const limitBytes = numberOf(queue.state.attributes, 'MaximumMessageSize');
  if (bodies.includes('')) throw refusal(400, 'MissingParameter', 'A message must have a body.');
  if (sizeBytes > limitBytes) {
    throw invalid('MessageBody', `of ${sizeBytes} bytes`, `it must be at most ${limitBytes} bytes`);
  }
}

/** To delete a message twice, or by the receipt of an earlier delivery, is no error. */
function remove(queue: Queue, receipt: string): void {
  const message = queue.find(receipt);
  if (message) queue.remove([message]);
  else checkReceipt(receipt);
}

function hide(queue: Queue, receipt: string, seconds: number, nowMs: number): void {
  const message = queue.find(receipt);
  if (message && message.visibleAtMs > nowMs) return queue.hide(message, seconds);
  checkReceipt(receipt);
  throw refusal(
    400,
    'MessageNotInflight',
    'The message is not in flight: it was deleted, or can be received again.',
  );
}

function checkReceipt(receipt: string): void {
  if (/^[0-9a-f-]{36}\.[0-9a-f]{32}$/.test(receipt)) return;
  throw refusal(400, 'ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
}

/** The entries of a batch succeed and fail one by one. */
function eachOf<E extends { Id: string }>(entries: readonly E[], act: (entry: E) => void): object {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      act(entry);
      Successful.push({ Id: entry.Id });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function missing(): never {
  throw refusal(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
}
