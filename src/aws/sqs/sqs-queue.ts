import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { SluiceError } from '../../core/errors.ts';
import type { Queue } from '../../core/ports.ts';
import { formatWork } from '../../core/imports/work.ts';
import { callError, errorName } from '../call-error.ts';

/** SQS: SendMessage, DelaySeconds. */
const MAX_DELAY_S = 900;
/** SQS: ChangeMessageVisibility, VisibilityTimeout. */
const MAX_HIDE_S = 43_200;

/**
 * The work queue in SQS; times are rounded up to whole seconds and cut at SQS's bounds. Throws `queue-missing`, or what
 * `callError` makes of a call that failed; other errors of the SDK as they are.
 */
export function sqsQueue({ client, url }: { client: SQSClient; url: string }): Queue {
  return {
    async send(message, delayMs) {
      const command = new SendMessageCommand({
        QueueUrl: url,
        MessageBody: formatWork(message),
        DelaySeconds: seconds(delayMs, MAX_DELAY_S),
      });
      try {
        await client.send(command);
      } catch (error) {
        throw failed(error, 'sqs:SendMessage');
      }
    },

    async hide(receipt, forMs) {
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: receipt,
        VisibilityTimeout: seconds(forMs, MAX_HIDE_S),
      });
      try {
        await client.send(command);
      } catch (error) {
        if (!isReceiptOver(error)) throw failed(error, 'sqs:ChangeMessageVisibility');
      }
    },

    waiting,
  };

  async function waiting(): Promise<number> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages'],
    });
    try {
      const { Attributes } = await client.send(command);
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    } catch (error) {
      throw failed(error, 'sqs:GetQueueAttributes');
    }
  }

  function failed(error: unknown, action: string): unknown {
    if (/QueueDoesNotExist|NonExistentQueue/.test(errorName(error))) {
      return new SluiceError(
        'queue-missing',
        `The work queue ${url} does not exist in this region and account. Deploy Sluice (terraform apply), or name the queue in SLUICE_QUEUE_URL.`,
        { data: { url }, cause: error },
      );
    }
    return callError(error, { action, resource: url }) ?? error;
  }
}

/** The message was deleted, or is visible again: SQS has three errors for it, one of them general. */
function isReceiptOver(error: unknown): boolean {
  const name = errorName(error);
  if (/ReceiptHandleIsInvalid|MessageNotInflight/.test(name)) return true;
  return /InvalidParameterValue/.test(name) && error instanceof Error && /ReceiptHandle/i.test(error.message);
}

function seconds(ms: number, max: number): number {
  return Math.min(max, Math.max(0, Math.ceil(ms / 1000)));
}
