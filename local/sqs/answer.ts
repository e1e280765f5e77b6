import { isRefusal, refusal } from '../endpoint/refusal.ts';
import { type Message, md5 } from './queue.ts';

export type SqsAnswer = { status: number; headers: Record<string, string>; body: string };

export function success(output: object): SqsAnswer {
  return { status: 200, headers: {}, body: JSON.stringify(output) };
}

/** The names that the older query protocol had for some errors: clients that grew up with it still go by them. */
const queryCodes: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
};

export function failure(error: unknown): SqsAnswer {
  const { status, code, message } = isRefusal(error) ? error : refusal(500, 'InternalError', String(error));
  return {
    status,
    headers: { 'x-amzn-query-error': `${queryCodes[code] ?? code};${status < 500 ? 'Sender' : 'Receiver'}` },
    body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }),
  };
}

/** A message as `ReceiveMessage` hands it out, with the system attributes that were asked for. */
export function delivered(accountId: string, message: Message, names: readonly string[]): object {
  const attributes: Record<string, string> = {
    SenderId: accountId,
    SentTimestamp: String(message.sentAtMs),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
    ...(message.deadLetterSourceArn ? { DeadLetterQueueSourceArn: message.deadLetterSourceArn } : {}),
  };
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(names.length > 0 ? { Attributes: chosen(attributes, names) } : {}),
  };
}

/** The attributes asked for by name, or by `All`. */
export function chosen(all: Record<string, string>, names: readonly string[]): Record<string, string> {
  if (names.includes('All')) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
