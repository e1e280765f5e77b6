import { createHash } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { sqsQueue } from '../../../src/aws/sqs/sqs-queue.ts';
import type { Queue } from '../../../src/core/ports.ts';
import { CLIENT, sdkHandler } from './sdk-handler.ts';

/** The queue's real adapter over the JSON protocol of SQS. */
export function queueOverWire(service: {
  send(body: string, delayMs: number): Promise<unknown>;
  hide(receipt: string, forMs: number): Promise<unknown>;
  waiting(): Promise<number>;
}): Queue {
  const client = new SQSClient({
    ...CLIENT,
    requestHandler: sdkHandler(async ({ headers, body }) => ({
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(await answer(headers['x-amz-target'], JSON.parse(Buffer.from(body).toString()))),
    })),
  });
  return sqsQueue({ client, url: `${CLIENT.endpoint}/000000000000/work` });

  async function answer(target: string | undefined, input: unknown): Promise<object> {
    switch (target ?? '') {
      case 'AmazonSQS.SendMessage': {
        const { MessageBody, DelaySeconds } = input as { MessageBody: string; DelaySeconds: number };
        await service.send(MessageBody, DelaySeconds * 1000);
        return { MessageId: 'm', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
      }
      case 'AmazonSQS.ChangeMessageVisibility': {
        const { ReceiptHandle, VisibilityTimeout } = input as {
          ReceiptHandle: string;
          VisibilityTimeout: number;
        };
        await service.hide(ReceiptHandle, VisibilityTimeout * 1000);
        return {};
      }
      case 'AmazonSQS.GetQueueAttributes':
        return { Attributes: { ApproximateNumberOfMessages: String(await service.waiting()) } };
      default:
        throw new Error(`Not a call of a loader: ${target}`);
    }
  }
}
