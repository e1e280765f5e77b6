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
 * What stands between an SDK client and the network: no socket and no timer, so that a client works in virtual time. The client
 * must send each request once (`maxAttempts: 1`), since it would sleep between attempts by the real clock.
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

/** The SDK's JSON bodies are arrays that complain where they are taken for texts, as `Buffer.from` does. */
function bytesOf(body: string | Uint8Array | undefined): Uint8Array {
  if (body === undefined) return new Uint8Array(0);
  if (typeof body === 'string') return Buffer.from(body);
  return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
}

/** Of every simulated service's client. */
export const CLIENT = {
  region: 'us-east-1',
  endpoint: 'http://sim.invalid',
  credentials: { accessKeyId: 'SIM', secretAccessKey: 'sim' },
  maxAttempts: 1,
};
