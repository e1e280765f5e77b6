import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isRefusal, refusal } from '../endpoint/refusal.ts';
import { isSigned } from '../endpoint/signature.ts';
import { type Answer, type Call, type FileRange, refused } from './answer.ts';
import { isMissing } from './bucket.ts';
import { type S3Notification, objectCreated } from './event.ts';
import { operationFor } from './operations.ts';
import { type S3Request, parseS3Request } from './request.ts';
import { openBucketStore } from './store.ts';

export type S3 = {
  /** Answers the request, errors included; never rejects. `denial`: why the request is refused, or null. */
  handle(incoming: IncomingMessage, response: ServerResponse, denial: string | null): Promise<void>;
};

/**
 * The part of S3 that a loader and its users need, stored in `folder`: objects, versions, listings, multipart uploads,
 * checksums and conditions (`operations.ts`). Other operations get `NotImplemented`; signatures are not checked.
 *
 * `onObjectCreated` is called when an object is on disk, before the upload is answered, and in the order of
 * sequencers. Throws `file-unreadable` if the folder contains files of another format.
 */
export async function openS3(options: {
  folder: string;
  region: string;
  now: () => number;
  onObjectCreated: (event: S3Notification) => void;
}): Promise<S3> {
  const { region, now } = options;
  const store = await openBucketStore(options.folder, now);
  const created: Call['created'] = (creation, { name }, key, version) =>
    options.onObjectCreated(objectCreated({ creation, bucket: name, key, version, region }));

  const perform = async (request: S3Request): Promise<Answer> =>
    operationFor(request)({ request, store, region, now, created });

  return {
    async handle(incoming, response, denial) {
      const requestId = randomUUID();
      response.setHeader('x-amz-request-id', requestId);
      try {
        if (denial !== null) throw refusal(403, 'AccessDenied', denial);
        if (!isSigned(incoming))
          throw refusal(403, 'AccessDenied', 'Access Denied: sign it with any access key.');
        const request = parseS3Request(incoming);
        let answer = await perform(request);
        // The version was replaced and its file deleted after the lookup: look it up again.
        while (!(await send(answer, request.method, response))) answer = await perform(request);
      } catch (error) {
        if (response.headersSent || response.destroyed) {
          response.destroy();
          return;
        }
        const known = isRefusal(error) ? error : refusal(500, 'InternalError', String(error));
        await send(refused(known, incoming.url ?? '', requestId), incoming.method ?? 'GET', response);
      } finally {
        // The rest of an unread body would be parsed as the connection's next request.
        incoming.resume();
      }
    },
  };
}

/** Returns false, without an answer, if the file was deleted. */
async function send(answer: Answer, method: string, response: ServerResponse): Promise<boolean> {
  const { status, headers, body } = answer;
  if (typeof body === 'object' && body !== null && method !== 'HEAD') return sendFile(answer, body, response);
  const text = typeof body === 'string' ? body : '';
  const length = headers['content-length'] ?? String(Buffer.byteLength(text));
  response.writeHead(
    status,
    status === 204 || status === 304 ? headers : { ...headers, 'content-length': length },
  );
  response.end(method === 'HEAD' ? undefined : text);
  return true;
}

async function sendFile(answer: Answer, range: FileRange, response: ServerResponse): Promise<boolean> {
  const { path, startBytes, endBytes } = range;
  const file = await open(path).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (file === null) return false;
  response.writeHead(answer.status, answer.headers);
  if (startBytes === endBytes) {
    await file.close();
    response.end();
    return true;
  }
  const highWaterMark = 256 * 1024;
  await pipeline(file.createReadStream({ start: startBytes, end: endBytes - 1, highWaterMark }), response);
  return true;
}
