import { SQSClient } from '@aws-sdk/client-sqs';
import { sqsQueue } from '../aws/sqs/sqs-queue.ts';
import type { LambdaContext } from './context.ts';
import { describeError } from './describe-error.ts';
import { type BatchResponse, RETRY_MS } from './dispatch.ts';
import { parseInvocation } from './invocation.ts';
import { telemetry } from './telemetry.ts';

/**
 * Handles an invocation that cannot begin, because its configuration or its datasets document is wrong: emits an event that is a
 * metric, and makes work messages visible again within a minute, not after the queue's visibility timeout. Throws the error if there
 * are no messages: Lambda retries the event.
 */
export async function answerUnwired(
  event: unknown,
  context: LambdaContext,
  error: unknown,
): Promise<BatchResponse> {
  const { SLUICE_NAME: name = context.functionName, SLUICE_QUEUE_URL: url = '' } = process.env;
  const log = telemetry({ name, logLevel: 'info' });
  log.begin(context);
  log.emit({ type: 'invocation failed', level: 'error', ...describeError(error) });
  const invocation = parseInvocation(event, { deadLetters: '', failedEvents: '' });
  if (!('records' in invocation)) throw error;
  const queue = sqsQueue({ client: new SQSClient({ maxAttempts: 1 }), url });
  for (const { receiptHandle } of invocation.records) {
    try {
      // To the other queues this is no receipt of theirs; their messages come again in their own time.
      await queue.hide(receiptHandle, RETRY_MS);
    } catch (other) {
      log.emit({ type: 'message not hidden', level: 'warn', ...describeError(other) });
    }
  }
  return { batchItemFailures: invocation.records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
