import * as z from 'zod';
import { SluiceError } from '../errors.ts';

/**
 * A message of the work queue: load this chunk. Of two messages for a chunk the one with the higher epoch
 * is in force; a loader that stops before its chunk is done queues the rest under the next epoch.
 */
export type WorkMessage = {
  readonly importId: string;
  readonly chunk: number;
  readonly epoch: number;
};

const schema = z.strictObject({
  importId: z.string().min(1),
  chunk: z.int().min(0),
  epoch: z.int().min(0),
});

export function formatWork(message: WorkMessage): string {
  return JSON.stringify(message);
}

/** Throws `message-invalid` for anything that `formatWork` would not have written. */
export function parseWork(body: string): WorkMessage {
  try {
    return schema.parse(JSON.parse(body));
  } catch (cause) {
    throw new SluiceError(
      'message-invalid',
      `The work queue contains a message that Sluice did not write: ${body.slice(0, 200)}. It goes to the dead-letter queue.`,
      { data: { body: body.slice(0, 1000) }, cause },
    );
  }
}
