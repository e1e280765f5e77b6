import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { startLocal, temporaryFolder } from '../local-clients.ts';

test('a message is sent, received and deleted', async () => {
  const { send, receive, sqs, QueueUrl } = await startWithQueue();
  const sent = await send('größe 😀');
  expect(sent.MD5OfMessageBody).toBe(createHash('md5').update('größe 😀').digest('hex'));
  const [message] = await receive({ MessageSystemAttributeNames: ['All'] });
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: 'größe 😀',
    Attributes: { ApproximateReceiveCount: '1' },
  });
  const { ReceiptHandle } = message!;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  // Twice is no error.
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  expect(await counts(sqs, QueueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('a received message is hidden for its visibility timeout, then received again', async () => {
  const { send, receive, clock, sqs, QueueUrl } = await startWithQueue({ VisibilityTimeout: '60' });
  await send('m');
  expect(await receive()).toHaveLength(1);
  expect(await counts(sqs, QueueUrl)).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
  clock.ms += 59_999;
  expect(await receive()).toHaveLength(0);
  clock.ms += 1;
  const [again] = await receive({ MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
  expect(again?.Attributes).toEqual({ ApproximateReceiveCount: '2' });
});

test('a delayed message is received after its delay', async () => {
  const { send, receive, clock, sqs, QueueUrl } = await startWithQueue({ DelaySeconds: '10' });
  await send('after 10');
  await send('after 900', 900);
  await send('at once', 0);
  expect(await counts(sqs, QueueUrl)).toEqual({ visible: 1, inFlight: 0, delayed: 2 });
  expect(await bodies(receive)).toEqual(['at once']);
  clock.ms += 10_000;
  expect(await bodies(receive)).toEqual(['after 10']);
  clock.ms += 890_000;
  expect(await bodies(receive)).toContain('after 900');
});

test('ChangeMessageVisibility extends the timeout of a message, and zero makes it visible', async () => {
  const { send, receive, clock, sqs, QueueUrl } = await startWithQueue();
  await send('m');
  const [message] = await receive({ VisibilityTimeout: 60 });
  const hide = (VisibilityTimeout: number) =>
    sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout,
      }),
    );
  clock.ms += 50_000;
  await hide(60);
  clock.ms += 50_000;
  expect(await receive()).toHaveLength(0);
  await hide(0);
  expect(await receive()).toHaveLength(1);
  // It has a new receipt now.
  await expect(hide(60)).rejects.toMatchObject({ name: 'MessageNotInflight' });
});

test('the receipt of an earlier delivery deletes nothing', async () => {
  const { send, receive, clock, sqs, QueueUrl } = await startWithQueue();
  await send('m');
  const [first] = await receive({ VisibilityTimeout: 1 });
  clock.ms += 1000;
  const [second] = await receive();
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
  expect(await counts(sqs, QueueUrl)).toMatchObject({ inFlight: 1 });
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: second?.ReceiptHandle }));
  expect(await counts(sqs, QueueUrl)).toMatchObject({ inFlight: 0 });
  await expect(
    sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'nonsense' })),
  ).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
});

test('a long poll returns a message as soon as it is sent', async () => {
  const { send, receive } = await startWithQueue();
  const waiting = receive({ WaitTimeSeconds: 20 });
  await send('m');
  expect((await waiting).map(({ Body }) => Body)).toEqual(['m']);
});

test('a long poll returns a message as soon as it becomes visible', async () => {
  const { sqs } = await startLocal();
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', DelaySeconds: 1 }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  expect(Messages?.map(({ Body }) => Body)).toEqual(['m']);
});

test('a client that has disconnected receives no messages', async () => {
  const { send, receive, sqs, QueueUrl } = await startWithQueue();
  const hangUp = new AbortController();
  const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
    abortSignal: hangUp.signal,
  });
  await sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }));
  hangUp.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  await sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }));
  await send('m');
  expect(await receive()).toHaveLength(1);
});

test('each message is received once by concurrent receivers', async () => {
  const { send, receive } = await startWithQueue();
  const texts = Array.from({ length: 40 }, (_, n) => String(n));
  await Promise.all(texts.map((text) => send(text)));
  const taken = await Promise.all(Array.from({ length: 8 }, () => receive({ MaxNumberOfMessages: 10 })));
  expect(new Set(taken.flat().map(({ Body }) => Body))).toEqual(new Set(texts));
  expect(taken.flat()).toHaveLength(40);
});

test('a message that was received too often moves to the dead-letter queue', async () => {
  const { sqs, clock } = await startWithClock();
  const dead = await sqs.send(new CreateQueueCommand({ QueueName: 'work-dead' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes?.['QueueArn'], maxReceiveCount: 2 });
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'work', Attributes: { RedrivePolicy, VisibilityTimeout: '5' } }),
  );
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
  for (const expected of [1, 1, 0]) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages).toHaveLength(expected);
    clock.ms += 5000;
  }
  expect(await counts(sqs, QueueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: dead.QueueUrl, MessageSystemAttributeNames: ['All'] }),
  );
  expect(Messages).toMatchObject([
    {
      MessageId,
      Body: 'poison',
      Attributes: { DeadLetterQueueSourceArn: expect.stringMatching(/:work$/), ApproximateReceiveCount: '1' },
    },
  ]);
});

test('a dead-letter queue must exist', async () => {
  const { sqs } = await startLocal();
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:nowhere',
    maxReceiveCount: '3',
  });
  await expect(
    sqs.send(new CreateQueueCommand({ QueueName: 'work', Attributes: { RedrivePolicy } })),
  ).rejects.toMatchObject({ message: expect.stringContaining('Dead letter target does not exist') });
});

test('batches succeed and fail entry by entry', async () => {
  const { receive, sqs, QueueUrl } = await startWithQueue();
  const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id }));
  const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'b', 'c']);
  const messages = await receive({ MaxNumberOfMessages: 10 });
  const receipts = messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
  const hidden = await sqs.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl,
      Entries: receipts.map((entry) => ({ ...entry, VisibilityTimeout: 100 })),
    }),
  );
  expect(hidden.Successful).toHaveLength(3);
  const deleted = await sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: [...receipts, { Id: 'wrong', ReceiptHandle: 'nonsense' }],
    }),
  );
  expect(deleted.Successful).toHaveLength(3);
  expect(deleted.Failed).toMatchObject([{ Id: 'wrong', Code: 'ReceiptHandleIsInvalid' }]);
  await expect(
    sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [Entries[0]!, Entries[0]!] })),
  ).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' });
});

test('a queue is found, changed, emptied and deleted', async () => {
  const { send, sqs, QueueUrl } = await startWithQueue();
  expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }))).QueueUrl).toBe(QueueUrl);
  expect((await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'wo' }))).QueueUrls).toEqual([QueueUrl]);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '7' } }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({
    VisibilityTimeout: '7',
    QueueArn: 'arn:aws:sqs:us-east-1:000000000000:work',
  });
  await send('m');
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  expect(await counts(sqs, QueueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }))).rejects.toBeInstanceOf(
    QueueDoesNotExist,
  );
});

test.each([
  ['an unknown attribute', { Colour: 'red' }, 'InvalidAttributeName'],
  ['a value out of bounds', { VisibilityTimeout: '43201' }, 'InvalidParameterValue'],
  ['a policy that is no JSON', { RedrivePolicy: '{' }, 'InvalidParameterValue'],
])('%s is refused', async (_what, Attributes, name) => {
  const { sqs } = await startLocal();
  await expect(
    sqs.send(new CreateQueueCommand({ QueueName: 'work', Attributes: Attributes as Record<string, string> })),
  ).rejects.toMatchObject({ name });
});

test('unsupported parameters are refused, not ignored', async () => {
  const { sqs, QueueUrl } = await startWithQueue();
  await expect(sqs.send(new CreateQueueCommand({ QueueName: 'work.fifo' }))).rejects.toMatchObject({
    message: expect.stringContaining('FIFO'),
  });
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'b' } };
  await expect(
    sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm', MessageAttributes })),
  ).rejects.toMatchObject({ message: expect.stringContaining('MessageAttributes') });
});

test('a message over the limit is refused', async () => {
  const { send } = await startWithQueue({ MaximumMessageSize: '1024' });
  await send('x'.repeat(1024));
  await expect(send('é'.repeat(513))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

test('a message is deleted after the retention period', async () => {
  const { send, clock, sqs, QueueUrl } = await startWithQueue({ MessageRetentionPeriod: '60' });
  await send('m');
  clock.ms += 60_001;
  expect(await counts(sqs, QueueUrl)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('a restart loses no message, and makes none visible too early', async () => {
  const dataDir = await temporaryFolder();
  const first = await startWithClock({ dataDir });
  const { QueueUrl } = await first.sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
  const send = (MessageBody: string) => first.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  await Promise.all(Array.from({ length: 50 }, (_, n) => send(String(n))));
  const { Messages = [] } = await first.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60 }),
  );
  const [done] = Messages;
  await first.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: done?.ReceiptHandle }));
  await first.close();

  const second = await startWithClock({ dataDir });
  expect(await counts(second.sqs, QueueUrl)).toEqual({ visible: 40, inFlight: 9, delayed: 0 });
  second.clock.ms += 60_000;
  expect(await counts(second.sqs, QueueUrl)).toEqual({ visible: 49, inFlight: 0, delayed: 0 });
});

/** Time stands still unless the test moves it. */
async function startWithClock(options: { dataDir?: string } = {}) {
  const clock = { ms: 1_790_000_000_000 };
  return { ...(await startLocal({ ...options, now: () => clock.ms })), clock };
}

async function startWithQueue(Attributes: Record<string, string> = {}) {
  const local = await startWithClock();
  const { QueueUrl } = await local.sqs.send(new CreateQueueCommand({ QueueName: 'work', Attributes }));
  const send = (MessageBody: string, DelaySeconds?: number) =>
    local.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));
  const receive = async (terms: Partial<ReceiveMessageCommandInput> = {}) =>
    (await local.sqs.send(new ReceiveMessageCommand({ QueueUrl, ...terms }))).Messages ?? [];
  return { ...local, QueueUrl, send, receive };
}

async function bodies(receive: Awaited<ReturnType<typeof startWithQueue>>['receive']) {
  return (await receive({ MaxNumberOfMessages: 10, VisibilityTimeout: 43_200 })).map(({ Body }) => Body);
}

async function counts(sqs: Awaited<ReturnType<typeof startLocal>>['sqs'], QueueUrl: string | undefined) {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return {
    visible: Number(Attributes?.['ApproximateNumberOfMessages']),
    inFlight: Number(Attributes?.['ApproximateNumberOfMessagesNotVisible']),
    delayed: Number(Attributes?.['ApproximateNumberOfMessagesDelayed']),
  };
}
