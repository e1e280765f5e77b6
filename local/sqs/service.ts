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
 * Standard queues, stored in `folder`. A call is answered after its changes are on disk. `url` is the endpoint's. FIFO
 * queues, message attributes and tags are refused.
 *
 * Throws `file-unreadable` if the folder contains files of another format.
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
    // `parseInput` ensures that name and input belong together; the type of a union of all actions cannot express that.
    const act = actions[name] as (input: unknown, signal: AbortSignal) => Promise<object>;
    return act(parseInput(name, body), signal);
  };

  return {
    async call(action, body, signal) {
      try {
        if (!isActionName(action)) {
          throw refusal(
            400,
            'UnsupportedOperation',
            `The local stack does not support the SQS action ${action}.`,
          );
        }
        return success(await run(action, body, signal));
      } catch (error) {
        return failure(error);
      }
    },
    endWaiting: () => context.receiver.end(),
  };
}
