import { boundedText } from './bounded-text.ts';

/** Why a whole import, or a call of the command line, cannot go on. Each has a line in `docs/errors.md`. */
export type ErrorCode =
  // accept: the object is not ours, or not ready
  | 'event-invalid'
  | 'no-dataset'
  | 'empty-file'
  // the dataset, its file's header
  | 'dataset-invalid'
  | 'dataset-missing'
  | 'configuration-invalid'
  | 'header-only'
  | 'not-csv'
  | 'header-invalid'
  | 'duplicate-header'
  | 'too-many-columns'
  | 'key-column-missing'
  | 'column-missing'
  | 'record-too-large'
  // the object
  | 'gzip-damaged'
  | 'object-gone'
  | 'object-changed'
  | 'object-unreadable'
  | 'superseded'
  | 'too-many-rejects'
  | 'nothing-loaded'
  // the table
  | 'table-missing'
  | 'table-key-mismatch'
  | 'table-unavailable'
  | 'table-answer-invalid'
  // rights and credentials
  | 'access-denied'
  | 'credentials-missing'
  | 'credentials-expired'
  | 'certificate-untrusted'
  | 'clock-skewed'
  // the ledger, the queue and the results
  | 'ledger-missing'
  | 'queue-missing'
  | 'results-missing'
  | 'lease-lost'
  | 'import-unknown'
  | 'counts-unbalanced'
  | 'message-invalid'
  | 'message-lost'
  | 'function-died'
  // the local stack and the command line
  | 'port-taken'
  | 'file-unreadable'
  | 'endpoint-unreachable'
  | 'internal';

/** Why one row was refused. Each has a line in `docs/errors.md`. */
export type RejectCode =
  | 'too-few-fields'
  | 'too-many-fields'
  | 'nul-byte'
  | 'invalid-utf8'
  | 'unclosed-quote'
  | 'text-after-quote'
  | 'stray-escape'
  | 'stray-quote'
  | 'field-too-large'
  | 'item-too-large'
  | 'key-empty'
  | 'key-too-large'
  | 'number-invalid'
  | 'number-out-of-range'
  | 'boolean-invalid'
  | 'refused-by-table';

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
