import { boundedText } from './bounded-text.ts';
import type { Consequence } from './code-entry.ts';
import { ERRORS } from './error-codes.ts';
import type { REJECTS } from './reject-codes.ts';

/** Why an import or a command cannot go on. The table says what becomes of the import; `docs/errors.md` follows from it. */
export type ErrorCode = keyof typeof ERRORS;

/** Why one row is rejected. */
export type RejectCode = keyof typeof REJECTS;

export function consequenceOf(code: ErrorCode): Consequence {
  return ERRORS[code].consequence;
}

/** Whether the error ends an import for good, at once or after a wait. Any other error is rethrown: its message or event is retried. */
export function failsImport(error: unknown): error is SluiceError {
  if (!(error instanceof SluiceError)) return false;
  const consequence = consequenceOf(error.code);
  return consequence === 'fails' || consequence === 'waits';
}

/**
 * A run that cannot go on. `message` says what was wrong, where, and what to do; `data` holds the same
 * facts as fields (bucket, key, table, line, column …) for logs and for `--json`. A message over 4 KiB (`bounded-text.ts`), as
 * of a header with enormous names, keeps its beginning and its end.
 */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { data?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(boundedText(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options.data ?? {};
  }
}
