import { refusal } from '../endpoint/refusal.ts';

/** The attributes of a queue that a caller may set, with SQS's defaults ('SetQueueAttributes' in the API Reference). */
export type QueueAttributes = { readonly [name: string]: string };

export type Redrive = { readonly deadLetterQueueArn: string; readonly maxReceiveCount: number };

/** Numbers: lowest, highest, default; in seconds, the message size in bytes. */
const numbers: Readonly<Record<string, readonly [number, number, number]>> = {
  DelaySeconds: [0, 900, 0],
  MaximumMessageSize: [1024, 1_048_576, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  ReceiveMessageWaitTimeSeconds: [0, 20, 0],
  VisibilityTimeout: [0, 43_200, 30],
};

/** Stored and returned, but without an effect here: the local stack has no permissions and no encryption. */
const inert = new Set([
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'Policy',
  'RedriveAllowPolicy',
  'SqsManagedSseEnabled',
]);

export function defaultAttributes(): QueueAttributes {
  return Object.fromEntries(Object.entries(numbers).map(([name, [, , value]]) => [name, String(value)]));
}

/** Refuses names that SQS or this stack does not support, and values out of bounds. */
export function checkAttributes(attributes: QueueAttributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const bounds = numbers[name];
    if (bounds) checkNumber(name, value, bounds[0], bounds[1]);
    else if (name === 'RedrivePolicy') redriveOf(attributes);
    else if (!inert.has(name)) throw refusal(400, 'InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
}

export function numberOf(attributes: QueueAttributes, name: string): number {
  return Number(attributes[name]);
}

/** Null if the queue has no dead-letter queue; an empty policy takes it away. */
export function redriveOf(attributes: QueueAttributes): Redrive | null {
  const text = attributes['RedrivePolicy'];
  if (!text) return null;
  const { deadLetterTargetArn, maxReceiveCount } = parsePolicy(text);
  const count = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== 'string')
    throw invalid('RedrivePolicy', text, 'deadLetterTargetArn is missing');
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw invalid('RedrivePolicy', text, 'maxReceiveCount must be a whole number from 1 to 1000');
  }
  return { deadLetterQueueArn: deadLetterTargetArn, maxReceiveCount: count };
}

function parsePolicy(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw invalid('RedrivePolicy', text, 'it is not a JSON object');
}

export function checkNumber(name: string, value: string | number, lowest: number, highest: number): void {
  const number = Number(value);
  if (value === '' || !Number.isInteger(number) || number < lowest || number > highest) {
    throw invalid(name, String(value), `it must be a whole number from ${lowest} to ${highest}`);
  }
}

export function invalid(name: string, value: string, reason: string): Error {
  return refusal(
    400,
    'InvalidParameterValue',
    `Value ${value} for parameter ${name} is invalid. Reason: ${reason}.`,
  );
}
