import { crc32 } from 'node:zlib';
import { dynamoTable } from '../../../src/aws/dynamo/dynamo-table.ts';
import type { HttpAnswer, LostAnswer, PostConnection } from '../../../src/aws/dynamo/wire/post-connection.ts';
import type { Clock, TableWriter } from '../../../src/core/ports.ts';
import { actionOf, type WireReply, type WireWrite } from '../../wire-reply.ts';
import { LINGER_MS } from '../life.ts';

export type TableWireOptions = {
  readonly clock: Clock;
  /** The time of the world, which a process's clock does not show. */
  readonly worldMs: () => number;
  readonly sortKey: boolean;
  /** Carries out a request that reaches the table, and returns the answer; rejects if the answer is lost. */
  readonly exchange: (write: () => WireWrite, isExpired: boolean) => Promise<WireReply>;
  /** The server closes a connection that is idle for this time. */
  readonly idleConnectionMs: number;
  /** The client has not noticed that the server has closed the connection: its next request fails. */
  readonly isStale: () => boolean;
  readonly credentialsMs: number;
  readonly expiryKnown: boolean;
  /** The answer is not what the server sent. */
  readonly isGarbled: () => boolean;
};

const TABLE = 'sim';

/** The table's real adapter, with connections that reach the simulated table in virtual time. */
export function tableOverWire(options: TableWireOptions): TableWriter {
  return dynamoTable({
    table: TABLE,
    partitionKey: 'id',
    sortKey: options.sortKey ? 's' : null,
    region: 'us-east-1',
    endpoint: 'http://sim.invalid',
    credentials: async () => ({
      accessKeyId: `SIM${Math.round(options.worldMs())}`,
      secretAccessKey: 'sim',
      ...(options.expiryKnown ? { expiration: new Date(options.worldMs() + options.credentialsMs) } : {}),
    }),
    clock: options.clock,
    connect: () => connection(options),
  });
}

function connection(options: TableWireOptions): PostConnection {
  const { exchange, isStale, isGarbled, worldMs } = options;
  let destroyedMs = Infinity;
  let settleWith: ((answer: HttpAnswer | LostAnswer) => void) | null = null;
  let usedMs = worldMs();

  return {
    send({ headers, body }, settle) {
      settleWith = settle;
      const isClosed = worldMs() - usedMs > options.idleConnectionMs;
      if (isClosed && isStale()) finish({ status: 0, error: new Error('other side closed') });
      else void talk(headers, body, worldMs() - issuedMs(headers) > options.credentialsMs);
    },
    destroy(reason) {
      destroyedMs = Math.min(destroyedMs, worldMs());
      finish({ status: 0, error: reason });
    },
  };

  async function talk(headers: readonly string[], body: Buffer, isExpired: boolean): Promise<void> {
    try {
      // Read on arrival: until then the sender owns the bytes and must not change them.
      const { status, body: reply } = await exchange(() => {
        // The adapter may give the request up long before it arrives.
        if (worldMs() > destroyedMs + LINGER_MS) throw new Error('the client gave it up long ago');
        return {
          action: actionOf(headers[headers.indexOf('x-amz-target') + 1]),
          body: JSON.parse(body.toString()) as Record<string, unknown>,
        };
      }, isExpired);
      if (status === 0) throw new Error('no answer');
      const bytes = Buffer.from(JSON.stringify(reply));
      const sum = crc32(bytes);
      finish({ status, body: bytes, crc32: isGarbled() ? sum ^ 1 : sum, dateMs: null });
    } catch (error) {
      finish({ status: 0, error: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  function finish(answer: HttpAnswer | LostAnswer): void {
    const settle = settleWith;
    settleWith = null;
    usedMs = worldMs();
    // After the call that sent or ended the request, as on a socket.
    if (settle !== null)
      queueMicrotask(() => settle(destroyedMs < Infinity && answer.status !== 0 ? LOST : answer));
  }
}

const LOST: LostAnswer = { status: 0, error: new Error('the connection was closed') };

/** When the credentials were issued that the request is signed with. */
function issuedMs(headers: readonly string[]): number {
  const authorization = headers[headers.indexOf('authorization') + 1] ?? '';
  const [, issued] = /Credential=SIM(\d+)\//.exec(authorization) ?? [];
  if (issued === undefined) throw new Error(`A request without a signature of ours: ${authorization}`);
  return Number(issued);
}
