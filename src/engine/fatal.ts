import type { ErrorCode } from '../core/errors.ts';

/** What ends an import for good; any other error is passed on, for the message or the event to come again. */
export const FATAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'dataset-invalid',
  'dataset-missing',
  'empty-file',
  'not-csv',
  'header-invalid',
  'duplicate-header',
  'too-many-columns',
  'key-column-missing',
  'column-missing',
  'record-too-large',
  'gzip-damaged',
  'too-many-rejects',
  'object-gone',
  'object-changed',
  'table-missing',
  'table-key-mismatch',
  'access-denied',
]);

/** Of these, what a deployment that has just been made may still bring: rights of a role, a table that is being created. */
export const PASSING_SOON: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['table-missing', 'access-denied']);
