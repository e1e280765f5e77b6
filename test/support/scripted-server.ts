import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** What the server does with a request, whose body it has read. */
export type Step = (response: ServerResponse, request: ReceivedRequest) => void;

export type ReceivedRequest = {
  readonly headers: IncomingMessage['headers'];
  readonly path: string;
  readonly body: string;
  readonly socket: IncomingMessage['socket'];
};

export type ScriptedServer = {
  readonly endpoint: string;
  readonly requests: readonly ReceivedRequest[];
  close(): Promise<void>;
};

/** For `localhost` and 127.0.0.1, signed by itself. */
export const SELF_SIGNED = readTls('localhost.crt');

/** Does one step a request, in their order; the last one also for all that follow. */
export async function scriptedServer(
  steps: readonly Step[],
  options: { tls?: boolean } = {},
): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  const listener: RequestListener = async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const { headers, url = '', socket } = message;
    const request = { headers, path: url, body: Buffer.concat(chunks).toString(), socket };
    requests.push(request);
    steps[Math.min(requests.length, steps.length) - 1]!(response, request);
  };
  const server: Server =
    options.tls === true
      ? createHttpsServer({ key: readTls('localhost.key'), cert: SELF_SIGNED }, listener)
      : createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${options.tls === true ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers so, as JSON unless it is text. */
export function answers(status: number, content: unknown, headers: Record<string, string> = {}): Step {
  return (response) => {
    const body = typeof content === 'string' ? content : JSON.stringify(content);
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
  };
}

/** Answers with an error in DynamoDB's form. */
export function fails(code: string, message = 'Because.', headers: Record<string, string> = {}): Step {
  return answers(400, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }, headers);
}

/** Takes every item. */
export const succeeds = answers(200, { ConsumedCapacity: [{ CapacityUnits: 1 }], UnprocessedItems: {} });

function readTls(name: string): string {
  return readFileSync(fileURLToPath(new URL(`tls/${name}`, import.meta.url)), 'latin1');
}
