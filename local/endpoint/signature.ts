import type { IncomingMessage } from 'node:http';

/** Whether the request looks signed (in a header or, presigned, in its URL). By whom, and whether rightly, is not looked at. */
export function isSigned(incoming: IncomingMessage): boolean {
  return (
    incoming.headers.authorization?.startsWith('AWS4-') === true ||
    incoming.url?.includes('X-Amz-Signature=') === true
  );
}
