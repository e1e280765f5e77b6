import { SluiceError } from '../core/errors.ts';
import type { Failure } from '../core/imports/import.ts';

/** An error as an event tells it: its code and reason, and the error itself for the log. */
export function describeError(error: unknown): Failure & { readonly error: unknown } {
  return {
    code: error instanceof SluiceError ? error.code : 'internal',
    reason: error instanceof Error ? error.message : String(error),
    error,
  };
}
