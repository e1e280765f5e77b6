import { createSecureContext, rootCertificates } from 'node:tls';
import { buildConnector, Client, type Dispatcher } from 'undici';

/** A whole answer, as it came. */
export type HttpAnswer = {
  readonly status: number;
  readonly body: Buffer;
  /** The value of `x-amz-crc32`, which AWS computes over the body. */
  readonly crc32: number | null;
  /** The time in the `date` header, in milliseconds since the epoch. */
  readonly dateMs: number | null;
};

/** No answer: whether the request took effect is unknown. */
export type LostAnswer = { readonly status: 0; readonly error: Error };

export type PostRequest = { readonly headers: string[]; readonly body: Buffer };

/** A keep-alive connection that carries one exchange at a time. It opens with the first, and again after the server closed it. */
export type PostConnection = {
  /** `settle` is called once, with the answer, or after the connection is closed for good. */
  send(request: PostRequest, settle: (answer: HttpAnswer | LostAnswer) => void): void;
  /** Closes the connection at once, for good; an exchange under way is lost to this reason. */
  destroy(reason: Error): void;
};

/** How long a connection without work is kept open. */
const KEEP_ALIVE_MS = 20_000;
/** An answer that names all of a full batch's items, with every character escaped, stays below. */
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

/** Opens connections to one endpoint; `timeoutMs` is for connecting. `trusted`: certificates to trust beside the system's, in PEM. */
export function postConnections(options: {
  readonly endpoint: URL;
  readonly timeoutMs: number;
  readonly trusted?: string | undefined;
}): () => PostConnection {
  const connector = buildConnector({ timeout: options.timeoutMs, ...trust(options) });
  return () => postConnection(options.endpoint, connector);
}

/** One context for all connections: each would read all the system's certificates again. */
function trust({ endpoint, trusted }: { endpoint: URL; trusted?: string | undefined }) {
  if (endpoint.protocol !== 'https:') return {};
  const ca = trusted === undefined ? {} : { ca: [...rootCertificates, trusted] };
  return { secureContext: createSecureContext(ca) };
}

/** Over undici's `dispatch`, with one handler for all exchanges of the connection: its `request` takes a fifth more CPU a row (`bench/wire.ts`). */
function postConnection(endpoint: URL, connector: buildConnector.connector): PostConnection {
  const client = new Client(endpoint.origin, {
    connect: connector,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
    // The pool watches deadlines; a second set of timers would only cost.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const path = endpoint.pathname;
  let settle: ((answer: HttpAnswer | LostAnswer) => void) | null = null;
  let status = 0;
  let crc32: number | null = null;
  let dateMs: number | null = null;
  let chunks: Buffer[] = [];

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {
      status = 0;
      chunks = [];
    },
    onResponseStart(_controller, statusCode, headers) {
      status = statusCode;
      crc32 = numberOf(headers['x-amz-crc32']);
      dateMs = statusCode === 200 ? null : timeOf(headers['date']);
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      finish({ status, body, crc32, dateMs });
    },
    onResponseError(_controller, error) {
      finish({ status: 0, error });
    },
  };

  return {
    send(request, settleWith) {
      settle = settleWith;
      client.dispatch({ method: 'POST', path, headers: request.headers, body: request.body }, handler);
    },
    destroy(reason) {
      client.destroy(reason, () => undefined);
    },
  };

  function finish(answer: HttpAnswer | LostAnswer): void {
    const settleWith = settle;
    settle = null;
    settleWith?.(answer);
  }
}

function numberOf(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^[0-9]+$/.test(header) ? Number(header) : null;
}

function timeOf(header: string | string[] | undefined): number | null {
  const time = typeof header === 'string' ? Date.parse(header) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
