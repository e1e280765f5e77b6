import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LambdaContext } from '../../src/lambda/context.ts';
import { handler } from '../../src/lambda/handler.ts';
import { answers, scriptedServer } from '../support/scripted-server.ts';

const context = {
  awsRequestId: 'r1',
  functionName: 'sluice-load',
  getRemainingTimeInMillis: () => 1_000,
} as LambdaContext;

const lines: Record<string, unknown>[] = [];

beforeEach(() => {
  lines.length = 0;
  for (const output of [process.stdout, process.stderr]) {
    vi.spyOn(output, 'write').mockImplementation((text) => {
      lines.push(JSON.parse(String(text)) as Record<string, unknown>);
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('an invocation that cannot begin', () => {
  it('names what is missing of its environment each time, and is counted', async () => {
    await expect(handler({}, context)).rejects.toMatchObject({ code: 'configuration-invalid' });
    vi.stubEnv('SLUICE_NAME', 'prod');
    await expect(handler({}, context)).rejects.not.toThrow('SLUICE_NAME');
    await expect(handler({}, context)).rejects.toThrow('SLUICE_LEDGER_TABLE is missing');
    expect(lines.at(-1)).toMatchObject({
      level: 'ERROR',
      message: 'invocation failed',
      service: 'prod',
      code: 'configuration-invalid',
      InvocationsFailed: 1,
    });
  });

  it('has its messages come again within a minute, not when the queue would show them', async () => {
    const sqs = await scriptedServer([answers(200, {})]);
    onTestFinished(() => sqs.close());
    vi.stubEnv('AWS_ENDPOINT_URL', sqs.endpoint);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's');
    vi.stubEnv('SLUICE_QUEUE_URL', `${sqs.endpoint}/000000000000/sluice-work`);
    const message = { messageId: 'm0', receiptHandle: 'r0', eventSourceARN: 'arn:work', body: '{}' };
    const event = { Records: [{ eventSource: 'aws:sqs', ...message }] };
    expect(await handler(event, context)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(sqs.requests).toHaveLength(1);
    expect(JSON.parse(sqs.requests[0]!.body)).toMatchObject({ ReceiptHandle: 'r0', VisibilityTimeout: 60 });
    expect(lines.map(({ message: type }) => type)).toEqual(['invocation failed']);
  });
});
