import { Readable } from 'node:stream';

/** A request of an AWS SDK client, signed and ready to be sent. */
export type SdkRequest = {
  readonly method: string;
  /** Encoded, as it goes on the wire. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type SdkAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Readable;
};

type Sent = {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
};

/**
 * Replaces an SDK client's network, without socket and timer, so that the client works in virtual time. The client must send each
 * request once (`maxAttempts: 1`), because it would wait between attempts on the real clock.
 */
export function sdkHandler(answer: (request: SdkRequest) => Promise<SdkAnswer>) {
  return {
    async handle({ method, path, query, headers, body }: Sent) {
      const { status, ...reply } = await answer({
        method,
        path,
        query: query ?? {},
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        body: bytesOf(body),
      });
      const stream = typeof reply.body === 'string' ? Readable.from([Buffer.from(reply.body)]) : reply.body;
      return { response: { statusCode: status, headers: { ...reply.headers }, body: stream } };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}

/** The SDK's JSON bodies are arrays that throw if they are used as texts, as `Buffer.from` uses them. */
function bytesOf(body: string | Uint8Array | undefined): Uint8Array {
  if (body === undefined) return new Uint8Array(0);
  if (typeof body === 'string') return Buffer.from(body);
  return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
}

/** The configuration of every client. */
export const CLIENT = {
  region: 'us-east-1',
  endpoint: 'http://sim.invalid',
  credentials: { accessKeyId: 'SIM', secretAccessKey: 'sim' },
  maxAttempts: 1,
};
