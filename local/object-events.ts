import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Dataset } from '../src/core/dataset/dataset.ts';
import { formatFailedEvent } from '../src/lambda/failed-event.ts';
import type { FunctionHost } from './function/function-host.ts';
import { type KeptEvent, type KeptEvents, openKeptEvents } from './disk/kept-events.ts';
import type { S3Notification } from './s3/event.ts';

export type ObjectEventsOptions = {
  /** Where events are stored until the function has handled them. */
  readonly folder: string;
  readonly sourceBucket: string;
  readonly datasets: readonly Dataset[];
  readonly log: (line: string) => void;
};

/** The source bucket's notification: its filters, and the asynchronous invocation of the function. */
export type ObjectEvents = {
  /** Stores the event if a dataset's filter matches it. It is on disk when this returns. */
  accept(event: S3Notification): void;
  /** Invokes the function with the events of an earlier process, those accepted so far, and each one from now on. */
  deliverTo(target: DeliveryTarget): void;
};

type DeliveryTarget = {
  readonly host: FunctionHost;
  /** Gets an event that failed at every attempt, as Lambda's on-failure destination does. */
  readonly failedEvents: { readonly client: SQSClient; readonly url: string };
};

/** Reads the folder at the first event or delivery: by then the endpoint holds the lock of the data folder. */
export function objectEvents(options: ObjectEventsOptions): ObjectEvents {
  let opened: KeptEvents | null = null;
  const kept = (): KeptEvents => (opened ??= openKeptEvents(options.folder));
  const early: KeptEvent[] = [];
  let deliver = (event: KeptEvent): void => void early.push(event);
  return {
    accept(event) {
      if (isNotified(event, options)) deliver(kept().keep(event));
      else logIgnored(event, options);
    },
    deliverTo(target) {
      deliver = (event) => void deliverEvent(event, target, options.log);
      for (const event of [...kept().left, ...early]) deliver(event);
    },
  };
}

/** The notification filters by the prefixes of the datasets, as Terraform's does. S3 sends no event for another object. */
function isNotified(event: S3Notification, { sourceBucket, datasets }: ObjectEventsOptions): boolean {
  return event.Records.some(
    ({ s3 }) =>
      s3.bucket.name === sourceBucket &&
      datasets.some(({ source }) => decodedKey(s3).startsWith(source.prefix)),
  );
}

/** AWS logs nothing here. On a developer's machine the line saves a search for the reason. */
function logIgnored(event: S3Notification, { sourceBucket, log }: ObjectEventsOptions): void {
  for (const { s3 } of event.Records) {
    if (s3.bucket.name !== sourceBucket) continue;
    const key = decodedKey(s3);
    const reason = 'no dataset has a source.prefix with which this key begins';
    log(JSON.stringify({ level: 'WARN', message: 'object ignored', code: 'no-dataset', key, reason }));
  }
}

function decodedKey({ object }: S3Notification['Records'][number]['s3']): string {
  return decodeURIComponent(object.key.replaceAll('+', ' '));
}

async function deliverEvent(
  kept: KeptEvent,
  { host, failedEvents }: DeliveryTarget,
  log: (line: string) => void,
): Promise<void> {
  const outcome = await host.invokeAsync(kept.event);
  if (outcome.kind === 'interrupted') return;
  if (outcome.kind === 'failed') {
    const { attempts, failure } = outcome;
    const failed = { event: kept.event, condition: 'RetriesExhausted', reason: failure.errorMessage };
    try {
      await failedEvents.client.send(
        new SendMessageCommand({ QueueUrl: failedEvents.url, MessageBody: formatFailedEvent(failed) }),
      );
    } catch {
      // The stack is closing: the event stays on disk for the next start.
      return;
    }
    log(
      `An object's event failed ${attempts} times, the last time with: ${failure.errorMessage}. It is in the queue of failed events and will be retried.`,
    );
  }
  kept.drop();
}
