import { describe, expect, it, test } from 'vitest';
import { SluiceError } from '../../src/core/errors.ts';
import type { Failure, ObjectRef } from '../../src/core/imports/import.ts';
import type { WorkMessage } from '../../src/core/imports/work.ts';
import type { LoadOutcome } from '../../src/engine/loading/load-message.ts';
import type { LambdaContext } from '../../src/lambda/context.ts';
import { dispatch, type Pipeline } from '../../src/lambda/dispatch.ts';
import { formatFailedEvent } from '../../src/lambda/failed-event.ts';
import type { FunctionEvent } from '../../src/lambda/function-event.ts';

const context: LambdaContext = {
  awsRequestId: 'request-1',
  functionName: 'sluice-load',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:sluice-load',
  memoryLimitInMB: '512',
  logGroupName: '/aws/lambda/sluice-load',
  logStreamName: 'local',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 900_000,
};

/** A pipeline whose two steps do what the test says, and that remembers what it was asked and what it told. */
function pipelineOf(steps: {
  accept?: (object: ObjectRef) => void;
  load?: (message: WorkMessage) => LoadOutcome;
  stall?: () => boolean;
  note?: () => void;
}) {
  const accepted: ObjectRef[] = [];
  const loaded: { message: WorkMessage; options: object }[] = [];
  const stalled: WorkMessage[] = [];
  const noted: { message: WorkMessage; failure: Failure }[] = [];
  const hidden: { receipt: string; forMs: number }[] = [];
  const swept: number[] = [];
  const events: FunctionEvent[] = [];
  const pipeline: Pipeline = {
    async accept(object) {
      accepted.push(object);
      steps.accept?.(object);
      return { kind: 'queued', importId: 'i' };
    },
    async load(message, options) {
      loaded.push({ message, options });
      return steps.load?.(message) ?? { kind: 'finished', isDone: true };
    },
    async stall(message) {
      stalled.push(message);
      return steps.stall?.() ?? true;
    },
    async noteFailure(message, failure) {
      noted.push({ message, failure });
      steps.note?.();
    },
    async hide(receipt, forMs) {
      hidden.push({ receipt, forMs });
    },
    async sweep(deadlineMs) {
      swept.push(deadlineMs);
    },
    queueArns: { deadLetters: 'arn:dead', failedEvents: 'arn:failed' },
    monotonic: () => 1_000_000,
    emit: (event) => events.push(event),
  };
  return { pipeline, accepted, loaded, stalled, noted, hidden, swept, events };
}

function s3Event(...keys: string[]): unknown {
  return {
    Records: keys.map((key) => ({
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'sluice-source' }, object: { key, size: 10, eTag: 'e' } },
    })),
  };
}

function sqsEvent(...bodies: string[]): unknown {
  return messagesOf('arn:work', ...bodies);
}

/** The event of a queue's messages, which SQS has shown twice, this time included. */
function messagesOf(queueArn: string, ...bodies: string[]): unknown {
  return {
    Records: bodies.map((body, index) => ({
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      messageId: `m${index}`,
      receiptHandle: `r${index}`,
      body,
      attributes: { ApproximateReceiveCount: '2' },
    })),
  };
}

const work = (chunk: number): string => JSON.stringify({ importId: 'i', chunk, epoch: 0 });

describe('an S3 event', () => {
  it('has each of its objects accepted', async () => {
    const { pipeline, accepted } = pipelineOf({});
    expect(await dispatch(pipeline, s3Event('people/a+b.csv', 'people/c.csv'), context)).toBeUndefined();
    expect(accepted.map(({ key }) => key)).toEqual(['people/a b.csv', 'people/c.csv']);
  });

  it('is ignored with a logged reason when S3 only tries the notification out', async () => {
    const { pipeline, accepted, events } = pipelineOf({});
    await dispatch(
      pipeline,
      { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'sluice-source' },
      context,
    );
    expect(accepted).toEqual([]);
    expect(events).toEqual([
      { type: 'event ignored', level: 'info', reason: expect.stringContaining('test event') as string },
    ]);
  });

  it('fails after every object was tried, for Lambda to repeat it', async () => {
    const denied = new SluiceError('access-denied', 'The ledger refused.');
    const { pipeline, accepted, events } = pipelineOf({
      accept({ key }) {
        if (key === 'a') throw denied;
      },
    });
    await expect(dispatch(pipeline, s3Event('a', 'b'), context)).rejects.toBe(denied);
    expect(accepted.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(events).toMatchObject([
      { type: 'accept failed', level: 'error', bucket: 'sluice-source', key: 'a', code: 'access-denied' },
    ]);
  });
});

describe('a batch of work messages', () => {
  it('is loaded until the deadline of the invocation, under its request id', async () => {
    const { pipeline, loaded } = pipelineOf({});
    const response = await dispatch(pipeline, sqsEvent(work(0)), context);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(loaded).toEqual([
      {
        message: { importId: 'i', chunk: 0, epoch: 0 },
        options: { owner: 'request-1', deadlineMs: 1_900_000, receipt: 'r0' },
      },
    ]);
  });

  it.each<[string, LoadOutcome, number]>([
    ['finished', { kind: 'finished', isDone: false }, 0],
    ['failed', { kind: 'failed', code: 'table-missing' }, 0],
    ['continued', { kind: 'continued' }, 0],
    ['dropped', { kind: 'dropped', reason: 'the import is done' }, 0],
    ['parked', { kind: 'parked', parkMs: 5 }, 0],
    ['held by another loader', { kind: 'held', untilMs: 5 }, 0],
    ['waiting for a right', { kind: 'waiting', code: 'access-denied' }, 0],
    ['lost to another loader', { kind: 'lost' }, 1],
  ])('has a message %s answered as it should be', async (_, outcome, failures) => {
    const { pipeline } = pipelineOf({ load: () => outcome });
    const response = await dispatch(pipeline, sqsEvent(work(0)), context);
    expect(response?.batchItemFailures).toHaveLength(failures);
  });

  it('has those messages come again whose loading threw, and no others', async () => {
    const { pipeline, events } = pipelineOf({
      load({ chunk }) {
        if (chunk === 1) throw new TypeError('oh');
        return { kind: 'finished', isDone: false };
      },
    });
    const response = await dispatch(pipeline, sqsEvent(work(0), work(1), work(2)), context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(events).toMatchObject([
      { type: 'message failed', level: 'error', messageId: 'm1', code: 'internal', reason: 'oh' },
    ]);
  });

  it('has the reason of a failure noted, and the message come again within a minute, not in 16', async () => {
    const { pipeline, noted, hidden, stalled } = pipelineOf({
      load() {
        throw new SluiceError('object-unreadable', 'S3 answers 503.');
      },
    });
    await dispatch(pipeline, sqsEvent(work(0)), context);
    const failure = { code: 'object-unreadable', reason: 'S3 answers 503.' };
    expect(noted).toEqual([{ message: { importId: 'i', chunk: 0, epoch: 0 }, failure }]);
    expect(hidden).toEqual([{ receipt: 'r0', forMs: 60_000 }]);
    expect(stalled).toEqual([]);
  });

  it('is answered also where the failure cannot be noted, or the message is not one of ours', async () => {
    const { pipeline, events } = pipelineOf({
      load() {
        throw new TypeError('oh');
      },
      note() {
        throw new SluiceError('ledger-missing', 'Gone.');
      },
    });
    const response = await dispatch(pipeline, sqsEvent(work(0), 'hello'), context);
    expect(response?.batchItemFailures).toHaveLength(2);
    expect(events).toMatchObject([
      { type: 'message failed', code: 'internal' },
      { type: 'failure not recorded', code: 'ledger-missing' },
      { type: 'message failed', code: 'message-invalid' },
    ]);
  });

  it('has a message that Sluice did not write go its way to the dead letters', async () => {
    const { pipeline, loaded, events } = pipelineOf({});
    const response = await dispatch(pipeline, sqsEvent('hello'), context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(loaded).toEqual([]);
    expect(events).toMatchObject([{ type: 'message failed', code: 'message-invalid', body: 'hello' }]);
  });
});

describe('a dead letter', () => {
  it('has its import stalled, and is not loaded', async () => {
    const { pipeline, loaded, stalled } = pipelineOf({});
    const response = await dispatch(pipeline, messagesOf('arn:dead', work(1)), context);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(stalled).toEqual([{ importId: 'i', chunk: 1, epoch: 0 }]);
    expect(loaded).toEqual([]);
  });

  it('comes again if it is too early to decide', async () => {
    const { pipeline } = pipelineOf({ stall: () => false });
    const response = await dispatch(pipeline, messagesOf('arn:dead', work(1)), context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  });

  it('comes again if its import cannot be stalled, and is reported and deleted if it is not from Sluice', async () => {
    const { pipeline, events } = pipelineOf({
      stall() {
        throw new SluiceError('ledger-missing', 'Gone.');
      },
    });
    const response = await dispatch(pipeline, messagesOf('arn:dead', work(1), 'hello'), context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(events).toMatchObject([
      { type: 'dead letter failed', level: 'error', code: 'ledger-missing' },
      { type: 'dead letter failed', level: 'error', code: 'message-invalid', body: 'hello' },
    ]);
  });
});

describe('a failed event', () => {
  const failed = (event: unknown): string =>
    formatFailedEvent({ event, condition: 'RetriesExhausted', reason: 'no luck' });

  it('is reported with its objects before it is accepted again, and then deleted', async () => {
    const { pipeline, accepted, events } = pipelineOf({});
    const response = await dispatch(pipeline, messagesOf('arn:failed', failed(s3Event('a'))), context);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(accepted.map(({ key }) => key)).toEqual(['a']);
    expect(events).toMatchObject([
      { type: 'event failed', level: 'error', attempt: 2, reason: 'no luck', event: s3Event('a') },
      { type: 'event recovered', level: 'info' },
    ]);
  });

  it('stays in its queue while it cannot be accepted', async () => {
    const { pipeline, events } = pipelineOf({
      accept() {
        throw new SluiceError('access-denied', 'The ledger refused.');
      },
    });
    const response = await dispatch(pipeline, messagesOf('arn:failed', failed(s3Event('a'))), context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(events.map(({ type }) => type)).toEqual([
      'event failed',
      'accept failed',
      'failed event not accepted',
    ]);
  });

  it.each([
    ['is no event', failed({ what: 'ever' }), 'failed event not accepted'],
    ['is none of Lambda’s', 'hello', 'failed event not accepted'],
    ['was a sweep: another one comes', failed({ sluice: 'sweep' }), 'sweep failed'],
  ])('is reported and deleted if it %s', async (_, body, type) => {
    const { pipeline, swept, events } = pipelineOf({});
    const response = await dispatch(pipeline, messagesOf('arn:failed', body), context);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(swept).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type, level: 'error' });
  });
});

test('the schedule has the ledger swept, until the deadline', async () => {
  const { pipeline, swept } = pipelineOf({});
  expect(await dispatch(pipeline, { sluice: 'sweep' }, context)).toBeUndefined();
  expect(swept).toEqual([pipeline.monotonic() + 900_000]);
});

describe('anything else', () => {
  it.each([
    ['nothing', undefined],
    ['an empty object', {}],
    ['no records', { Records: [] }],
    ['a record of SNS', { Records: [{ EventSource: 'aws:sns' }] }],
    [
      'S3 and SQS at once',
      { Records: [{ eventSource: 'aws:s3' }, { eventSource: 'aws:sqs', messageId: 'm', body: '' }] },
    ],
    [
      'messages of two queues',
      {
        Records: ['arn:work', 'arn:dead'].flatMap(
          (arn) => (messagesOf(arn, work(0)) as { Records: object[] }).Records,
        ),
      },
    ],
    ['a message without a receipt', { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: '' }] }],
  ])('is refused: %s', async (_, event) => {
    const { pipeline } = pipelineOf({});
    await expect(dispatch(pipeline, event, context)).rejects.toMatchObject({ code: 'event-invalid' });
  });
});
