import { refusal } from '../endpoint/refusal.ts';
import { type SqsAnswer, failure, success } from './answer.ts';
import { createSqsContext } from './context.ts';
import { type ActionName, type Actions, isActionName, parseInput } from './inputs.ts';
import { createMessageActions } from './message-actions.ts';
import { createQueueActions } from './queue-actions.ts';
import { openQueueStore } from './queue-store.ts';

/** SQS's JSON protocol without the HTTP around it. */
export type Sqs = {
  /** Answers what SQS would, errors included; never rejects. A call that waits for messages ends when the signal aborts. */
  call(action: string, body: Buffer, signal: AbortSignal): Promise<SqsAnswer>;
  /** Ends the calls that wait for messages: they answer that there are none. */
  endWaiting(): void;
};

/**
 * Standard queues, kept in `folder`. An answer is given when what it tells is on disk. `url` is the endpoint's. FIFO
 * queues, message attributes and tags are refused.
 *
 * Throws `file-unreadable` if the folder holds what this has not written.
 */
export async function openSqs(options: {
  folder: string;
  url: string;
  region: string;
  now: () => number;
}): Promise<Sqs> {
  const store = await openQueueStore(options.folder, options.now);
  const context = createSqsContext({ ...options, store });
  const actions: Actions = { ...createQueueActions(context), ...createMessageActions(context) };

  const run = (name: ActionName, body: Buffer, signal: AbortSignal): Promise<object> => {
    // Name and input fit together by `parseInput`, which a union of all actions cannot tell.
    const act = actions[name] as (input: unknown, signal: AbortSignal) => Promise<object>;
    return act(parseInput(name, body), signal);
  };

  return {
    async call(action, body, signal) {
      try {
        if (!isActionName(action)) {
          throw refusal(400, 'UnsupportedOperation', `The local stack does not know SQS's ${action}.`);
        }
        return success(await run(action, body, signal));
      } catch (error) {
        return failure(error);
      }
    },
    endWaiting: () => context.receiver.end(),
  };
}
