import { SluiceError } from '../core/errors.ts';
import type { FailureWithError } from './function-event.ts';

/** An error as an event reports it. */
export function describeError(error: unknown): FailureWithError {
  return {
    code: error instanceof SluiceError ? error.code : 'internal',
    reason: error instanceof Error ? error.message : String(error),
    error,
  };
}
