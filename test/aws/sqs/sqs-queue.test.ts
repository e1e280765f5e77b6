import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sqsQueue } from '../../../src/aws/sqs/sqs-queue.ts';
import { parseWork } from '../../../src/core/imports/work.ts';
import { describeQueue, type OpenQueue } from '../../conformance/queue-suite.ts';
import { type Engine, engineCredentials } from '../../support/engine.ts';
import { localEndpoint } from '../../support/local-endpoint.ts';
import { moto } from '../../support/moto.ts';

describe.each([localEndpoint, moto])('on $name', (kind) => {
  describe.skipIf(kind.missing !== null)(kind.missing ?? 'as installed here', () => {
    let engine: Engine;
    let client: SQSClient;
    beforeAll(async () => {
      engine = await kind.open();
      client = new SQSClient({ endpoint: engine.endpoint, ...engineCredentials });
    });
    afterAll(async () => {
      client?.destroy();
      await engine?.close();
    });

    describeQueue(`SQS, ${kind.name}`, () => newQueue(client));

    test('says which queue is missing', async () => {
      const url = `${engine.endpoint}/000000000000/nowhere-work`;
      const queue = sqsQueue({ client, url });
      const missing = { code: 'queue-missing', message: expect.stringContaining(url) };
      await expect(queue.send({ importId: 'x', chunk: 0, epoch: 0 }, 0)).rejects.toMatchObject(missing);
      await expect(queue.hide('receipt', 1000)).rejects.toMatchObject(missing);
    });
  });
});

async function newQueue(client: SQSClient): ReturnType<OpenQueue> {
  const created = await client.send(
    new CreateQueueCommand({ QueueName: `work-${randomUUID()}`, Attributes: { VisibilityTimeout: '600' } }),
  );
  const url = created.QueueUrl ?? '';
  return {
    queue: sqsQueue({ client, url }),
    async receive() {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 1, WaitTimeSeconds: 0 }),
      );
      const [first] = Messages;
      if (first === undefined) return null;
      return { message: parseWork(first.Body ?? ''), receipt: first.ReceiptHandle ?? '' };
    },
    async remove(receipt) {
      await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }));
    },
    async close() {
      await client.send(new DeleteQueueCommand({ QueueUrl: url }));
    },
  };
}
