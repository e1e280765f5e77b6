import { refusal } from '../endpoint/refusal.ts';
import { chosen } from './answer.ts';
import {
  type QueueAttributes,
  checkAttributes,
  defaultAttributes,
  invalid,
  redriveOf,
} from './attributes.ts';
import type { SqsContext } from './context.ts';
import type { Actions } from './inputs.ts';

type QueueAction =
  | 'CreateQueue'
  | 'GetQueueUrl'
  | 'ListQueues'
  | 'GetQueueAttributes'
  | 'SetQueueAttributes'
  | 'PurgeQueue'
  | 'DeleteQueue';

/** What is done with queues as a whole. */
export function createQueueActions(context: SqsContext): Pick<Actions, QueueAction> {
  const { store, receiver, now, arnOf, urlOf, byName, byUrl } = context;

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

  return {
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
}

function checkName(name: string): void {
  if (name.endsWith('.fifo')) {
    throw refusal(400, 'UnsupportedOperation', 'The local stack has standard queues only, no FIFO queues.');
  }
  if (!/^[\w-]{1,80}$/.test(name)) {
    throw invalid('QueueName', name, 'it must be 1 to 80 letters, digits, hyphens and underscores');
  }
}
