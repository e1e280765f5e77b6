import * as z from 'zod';
import { SluiceError } from '../core/errors.ts';

/** An event that failed at every attempt, as Lambda sends it to the on-failure destination. */
export type FailedEvent = {
  readonly event: unknown;
  /** Why Lambda gave it up, such as `RetriesExhausted`, and what the function answered the last time. */
  readonly condition: string;
  readonly reason: string;
};

/** "Capturing records of Lambda asynchronous invocations" (AWS Lambda Developer Guide). A killed function has no payload. */
const schema = z.object({
  requestPayload: z.unknown(),
  requestContext: z.object({ condition: z.string() }),
  responsePayload: z.object({ errorMessage: z.string() }).nullish().catch(null),
});

/** Throws `event-invalid` for a message that Lambda did not write. */
export function parseFailedEvent(body: string): FailedEvent {
  try {
    const { requestPayload, requestContext, responsePayload } = schema.parse(JSON.parse(body));
    return {
      event: requestPayload,
      condition: requestContext.condition,
      reason: responsePayload?.errorMessage ?? 'The function ended without a response.',
    };
  } catch (cause) {
    throw new SluiceError(
      'event-invalid',
      `The queue of failed events contains a message that Lambda did not write: ${body.slice(0, 200)}. Find out what sends to it.`,
      { cause },
    );
  }
}

/** What the local stack sends in Lambda's place. */
export function formatFailedEvent({ event, condition, reason }: FailedEvent): string {
  return JSON.stringify({
    version: '1.0',
    requestContext: { condition },
    requestPayload: event,
    responsePayload: { errorMessage: reason },
  });
}
