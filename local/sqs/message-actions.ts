import { isRefusal, refusal } from '../endpoint/refusal.ts';
import { delivered } from './answer.ts';
import { invalid, numberOf } from './attributes.ts';
import { type SqsContext, accountId } from './context.ts';
import { type Actions, checkBatch } from './inputs.ts';
import type { Queue } from './queue.ts';

type MessageAction =
  | 'SendMessage'
  | 'SendMessageBatch'
  | 'ReceiveMessage'
  | 'DeleteMessage'
  | 'DeleteMessageBatch'
  | 'ChangeMessageVisibility'
  | 'ChangeMessageVisibilityBatch';

/** What is done with messages. */
export function createMessageActions(context: SqsContext): Pick<Actions, MessageAction> {
  const { store, receiver, now, byUrl } = context;

  return {
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
  };
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
