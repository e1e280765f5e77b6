import { refusal } from '../endpoint/refusal.ts';
import type { S3Request } from './request.ts';
import type { Version } from './version.ts';

/** 'Conditional reads': throws 412, or 304 if the client already has this version. */
export function checkReadConditions(request: S3Request, version: Version): void {
  checkConditions((name) => request.header(name), version, notModified);
}

/** The same for the source of a copy, for which there is no 304. */
export function checkCopyConditions(request: S3Request, version: Version): void {
  const header = (name: string): string | null => request.header(`x-amz-copy-source-${name}`);
  checkConditions(header, version, () => preconditionFailed('x-amz-copy-source-If-None-Match'));
}

function checkConditions(
  header: (name: string) => string | null,
  version: Version,
  unchanged: () => Error,
): void {
  const ifMatch = header('if-match');
  const ifNoneMatch = header('if-none-match');
  // HTTP dates have no milliseconds.
  const modifiedMs = Math.floor(version.lastModifiedMs / 1000) * 1000;
  if (ifMatch !== null) {
    if (!matches(ifMatch, version.etag)) throw preconditionFailed('If-Match');
  } else if (modifiedMs > dateOf(header('if-unmodified-since'), Infinity)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (ifNoneMatch !== null) {
    if (matches(ifNoneMatch, version.etag)) throw unchanged();
  } else if (modifiedMs <= dateOf(header('if-modified-since'), -Infinity)) {
    throw unchanged();
  }
}

/** Throws the errors of 'Conditional writes'. */
export function checkWriteConditions(request: S3Request, current: Version | null): void {
  const ifMatch = request.header('if-match');
  const ifNoneMatch = request.header('if-none-match');
  if (ifNoneMatch !== null && ifNoneMatch !== '*') {
    throw refusal(501, 'NotImplemented', 'A conditional write supports only If-None-Match: *.');
  }
  if (ifNoneMatch === '*' && current !== null) throw preconditionFailed('If-None-Match');
  if (ifMatch === null) return;
  if (current === null) throw refusal(404, 'NoSuchKey', 'The specified key does not exist.');
  if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
}

function matches(header: string, etag: string): boolean {
  return header.split(',').some((one) => {
    const text = one.trim();
    return text === '*' || text.replace(/^"(.*)"$/, '$1') === etag;
  });
}

function dateOf(header: string | null, otherwise: number): number {
  const ms = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(ms) ? otherwise : ms;
}

function preconditionFailed(condition: string): Error {
  return refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  });
}

function notModified(): Error {
  return refusal(304, 'NotModified', 'Not Modified');
}
