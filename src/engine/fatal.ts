import type { ErrorCode } from '../core/errors.ts';

/** What ends an import for good; any other error is passed on, for the message or the event to come again. */
export const FATAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'no-dataset',
  'dataset-invalid',
  'empty-file',
  'not-csv',
  'header-invalid',
  'duplicate-header',
  'key-column-missing',
  'record-too-large',
  'gzip-damaged',
  'too-many-rejects',
  'object-gone',
  'object-changed',
  'table-missing',
  'table-key-mismatch',
  'access-denied',
]);
