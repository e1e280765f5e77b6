import type { IncomingMessage } from 'node:http';

/** Whether the request has a signature, in a header or (presigned) in its URL. The signature is not verified. */
export function isSigned(incoming: IncomingMessage): boolean {
  return (
    incoming.headers.authorization?.startsWith('AWS4-') === true ||
    incoming.url?.includes('X-Amz-Signature=') === true
  );
}
