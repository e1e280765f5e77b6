import type { Failure } from '../core/imports/import.ts';
import type { EngineEvent } from '../engine/events.ts';

/** A failure with the error itself, for the log. */
export type FailureWithError = Failure & { readonly error: unknown };

type OfMessage = { readonly messageId: string };

/** What the function logs: the engine's events, and those of its invocations and their messages. */
export type FunctionEvent =
  | EngineEvent
  /** The function could not begin: its configuration or its datasets document is wrong. */
  | ({ readonly type: 'invocation failed'; readonly level: 'error' } & FailureWithError)
  | ({ readonly type: 'message not hidden'; readonly level: 'warn' } & FailureWithError)
  // S3 events
  | { readonly type: 'event ignored'; readonly level: 'info'; readonly reason: string }
  | ({
      readonly type: 'accept failed';
      readonly level: 'error';
      readonly bucket: string;
      readonly key: string;
    } & FailureWithError)
  // queues
  | ({
      readonly type: 'message failed' | 'dead letter failed' | 'failed event not accepted';
      readonly level: 'error';
      /** Its beginning. */
      readonly body: string;
    } & OfMessage &
      FailureWithError)
  /** The ledger or the queue could not take the failure of a message. */
  | ({ readonly type: 'failure not recorded'; readonly level: 'warn' } & OfMessage & FailureWithError)
  /** An event of S3 that failed at every attempt of Lambda's. `condition` and `reason` are Lambda's words. */
  | ({
      readonly type: 'event failed';
      readonly level: 'error';
      readonly attempt: number;
      readonly condition: string;
      readonly reason: string;
      readonly event: unknown;
    } & OfMessage)
  | ({ readonly type: 'event recovered'; readonly level: 'info'; readonly attempt: number } & OfMessage)
  | {
      readonly type: 'sweep failed';
      readonly level: 'error';
      readonly condition: string;
      readonly reason: string;
    };

/** Receives each event when it happens. Must not throw. */
export type EmitFunctionEvent = (event: FunctionEvent) => void;
