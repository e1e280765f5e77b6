import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { cannotListen } from './cannot-listen.ts';
import { type DynamoDb, openDynamoDb } from '../dynamodb/dynamodb.ts';
import { isRefusal } from './refusal.ts';
import { privateFolder } from '../disk/private-folder.ts';
import { readBody } from './request-body.ts';
import type { S3Notification } from '../s3/event.ts';
import { type S3, openS3 } from '../s3/service.ts';
import { isSigned } from './signature.ts';
import { type Sqs, openSqs } from '../sqs/service.ts';
import { setWebHeaders, webRefusal } from './web-guard.ts';

export type EndpointOptions = {
  /** 0: any free port. */
  readonly port: number;
  /** Where buckets, queues and tables are stored. Null: in memory, with objects in a temporary folder. */
  readonly dataDir: string | null;
  /** Called for each created object when it is on disk. Must not throw. */
  readonly onObjectCreated?: (event: S3Notification) => void;
  /** Default: us-east-1. */
  readonly region?: string;
  /** Timeout for a request's headers. Default: a minute. There is none for the body. */
  readonly headersTimeoutMs?: number;
  /** Milliseconds since the epoch, for messages' and objects' times. Default: the machine's clock. */
  readonly now?: () => number;
};

export type Endpoint = {
  readonly url: string;
  readonly port: number;
  /** Answers the requests in flight, closes waiting and idle connections, and leaves everything on disk. */
  close(): Promise<void>;
};

type Services = { readonly folder: string; readonly dynamodb: DynamoDb; readonly sqs: Sqs; readonly s3: S3 };

/** DynamoDB accepts 16 MB, SQS 1 MiB. */
const jsonLimitBytes = 16 * 1024 * 1024;

/** For how long `close` waits for the requests in flight. */
const graceMs = 2000;

/**
 * One HTTP server on the loopback interface for S3, SQS and DynamoDB, distinguished by the header `x-amz-target`. Requests of web pages
 * are refused (`web-guard.ts`). Requests must have a signature, but it is not verified: any access key works
 * (`docs/decisions/0002-unverified-local-signatures.md`).
 *
 * Throws `port-taken`; `configuration-invalid` if the folder cannot be used or another process uses it; `file-unreadable` if the folder
 * contains files of another format.
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { headersTimeoutMs = 60_000 } = options;
  const server = createServer({
    requestTimeout: 0,
    // Set explicitly: with a requestTimeout of 0 its default is 0, too.
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: Math.min(30_000, headersTimeoutMs),
    keepAliveTimeout: 60_000,
  });
  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}`;
  // Nothing is awaited from here to the listener: an early request waits until all services are open.
  const opening = openServices(options, url);
  const underWay = new Set<Promise<void>>();
  server.on('request', (incoming, response) => {
    setWebHeaders(response);
    const denial = webRefusal(incoming, port);
    const work = opening
      .then((services) => answer(services, denial, incoming, response))
      .then(() => finished(response))
      .catch(() => void response.destroy())
      .finally(() => underWay.delete(work));
    underWay.add(work);
  });
  const services = await opening.catch(async (error: unknown) => {
    await closeServer(server, underWay);
    throw error;
  });

  return {
    url,
    port,
    async close() {
      services.sqs.endWaiting();
      await closeServer(server, underWay);
      await services.dynamodb.close();
      if (options.dataDir === null) await rm(services.folder, { recursive: true, force: true });
    },
  };
}

async function openServices(options: EndpointOptions, url: string): Promise<Services> {
  const { dataDir, region = 'us-east-1', now = Date.now } = options;
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'sluice-')));
  for (const name of ['objects', 'queues', 'dynamodb']) await privateFolder(join(folder, name));
  // Tables first: LevelDB's lock protects the whole folder from a second process.
  const dynamodb = await openDynamoDb(dataDir === null ? null : join(folder, 'dynamodb'));
  try {
    const onObjectCreated = options.onObjectCreated ?? ((): void => undefined);
    const s3 = await openS3({ folder: join(folder, 'objects'), region, now, onObjectCreated });
    const sqs = await openSqs({ folder: join(folder, 'queues'), url, region, now });
    return { folder, dynamodb, sqs, s3 };
  } catch (error) {
    await dynamodb.close();
    throw error;
  }
}

/** `denial`: why the request is refused; the answer has the form of the called service. */
async function answer(
  services: Services,
  denial: string | null,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = incoming.headers['x-amz-target'];
  if (typeof target !== 'string') return services.s3.handle(incoming, response, denial);
  const [service = '', operation = ''] = target.split('.');
  const hangUp = new AbortController();
  response.once('close', () => hangUp.abort());
  const { status, headers, body } =
    denial === null && isSigned(incoming)
      ? await answerJson(services, { service, operation, incoming, signal: hangUp.signal })
      : denied(denial);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

type JsonAnswer = { status: number; headers?: Record<string, string>; body: string };

async function answerJson(
  { dynamodb, sqs }: Services,
  call: { service: string; operation: string; incoming: IncomingMessage; signal: AbortSignal },
): Promise<JsonAnswer> {
  const { service, operation, incoming, signal } = call;
  try {
    const body = await readBody(incoming, jsonLimitBytes);
    if (service === 'DynamoDB_20120810') return await dynamodb.call(operation, body);
    if (service === 'AmazonSQS') return await sqs.call(operation, body, signal);
    return jsonError(
      400,
      'UnknownOperationException',
      `The local stack does not support the service ${service}.`,
    );
  } catch (error) {
    if (!isRefusal(error)) throw error;
    incoming.resume();
    return jsonError(error.status, error.code, error.message);
  }
}

function jsonError(status: number, code: string, message: string): JsonAnswer {
  return { status, body: JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message }) };
}

function denied(denial: string | null): JsonAnswer {
  if (denial !== null) return jsonError(403, 'AccessDeniedException', denial);
  return jsonError(
    403,
    'MissingAuthenticationTokenException',
    'Request is missing Authentication Token: sign it with any access key.',
  );
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch((cause: unknown) => {
    throw cannotListen(port, cause);
  });
  return (server.address() as AddressInfo).port;
}

/** Waits up to `graceMs` for the requests in flight, then closes every connection. */
async function closeServer(server: Server, underWay: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const patience = new AbortController();
  const grace = sleep(graceMs, undefined, { signal: patience.signal }).catch(() => undefined);
  await Promise.race([Promise.all(underWay), grace]);
  patience.abort();
  server.closeAllConnections();
  await Promise.all(underWay);
  await closed;
}
