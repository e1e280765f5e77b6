import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { dynamoTable, type DynamoTableOptions } from '../../../src/aws/dynamo/dynamo-table.ts';
import type { HttpAnswer, LostAnswer, PostRequest } from '../../../src/aws/dynamo/wire/post-connection.ts';
import type { TableWriter } from '../../../src/core/ports.ts';
import { texts } from '../../conformance/table-suite.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import {
  answers,
  fails,
  type ReceivedRequest,
  type ScriptedServer,
  scriptedServer,
  SELF_SIGNED,
  type Step,
  succeeds,
} from '../../support/scripted-server.ts';

const START_MS = Date.UTC(2026, 10, 1, 12);
const HOUR_MS = 3_600_000;
const items = texts([{ id: { S: 'a' } }, { id: { S: 'b' } }]);
const written = { held: [], reason: null, units: 1 };
const unavailable = { held: [0, 1], reason: 'unavailable', units: 0 };
const ANSWERED = { status: 200, body: Buffer.from('{"UnprocessedItems":{}}'), crc32: null, dateMs: null };
const garbage = answers(200, 'not what you think');

type Setting = { server: ScriptedServer; clock: ManualClock; table: TableWriter; fetched: boolean[] };

const open: Setting[] = [];

afterEach(async () => {
  for (const { table, server } of open.splice(0)) {
    await table.close();
    await server.close();
  }
});

async function set(
  steps: readonly Step[],
  options: Partial<DynamoTableOptions> & { tls?: boolean } = {},
): Promise<Setting> {
  const server = await scriptedServer(steps, options);
  const clock = manualClock(START_MS);
  const fetched: boolean[] = [];
  const table = dynamoTable({
    table: 'people',
    partitionKey: 'id',
    sortKey: null,
    region: 'eu-west-1',
    endpoint: server.endpoint,
    credentials: async (fetch) => {
      fetched.push(fetch?.forceRefresh === true);
      return { accessKeyId: `KEY${fetched.length}`, secretAccessKey: 's' };
    },
    clock,
    ...options,
  });
  const setting = { server, clock, table, fetched };
  open.push(setting);
  return setting;
}

describe('a request', () => {
  it('goes out signed, to the endpoint’s path, asking for the capacity it takes', async () => {
    const { server, table } = await set([succeeds]);
    expect(await table.write(items)).toEqual(written);
    const [request] = server.requests;
    expect(request?.path).toBe('/');
    expect(request?.headers).toMatchObject({
      host: new URL(server.endpoint).host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.BatchWriteItem',
      'x-amz-date': '20261101T120000Z',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=KEY1\/20261101\/eu-west-1\/dynamodb\//,
      ),
    });
    expect(JSON.parse(request!.body)).toEqual({
      RequestItems: {
        people: [{ PutRequest: { Item: { id: { S: 'a' } } } }, { PutRequest: { Item: { id: { S: 'b' } } } }],
      },
      ReturnConsumedCapacity: 'TOTAL',
    });
  });

  it('follows another on the same connection', async () => {
    const { server, table } = await set([succeeds]);
    for (let k = 0; k < 3; k++) await table.write(items);
    expect(new Set(server.requests.map(({ socket }) => socket)).size).toBe(1);
  });

  it('uses so many connections and no more', async () => {
    const { server, table } = await set([succeeds], { connections: 3 });
    await Promise.all(Array.from({ length: 20 }, () => table.write(items)));
    expect(new Set(server.requests.map(({ socket }) => socket)).size).toBe(3);
  });
});

describe('the bytes of a request', () => {
  it('stay as they are until the server has read them, whatever is sent meanwhile', async () => {
    const { table, waiting } = held();
    const outcomes = [
      table.write(texts([{ id: { S: 'first' } }])),
      table.write(texts([{ id: { S: 'second' } }])),
    ];
    await turnOfEvents();
    expect(waiting.map(({ request }) => idsOf(request))).toEqual([['first'], ['second']]);
    for (const { settle } of waiting) settle(ANSWERED);
    await Promise.all(outcomes);
  });

  it('are used for no other request after an answer that may have come before the server had read them', async () => {
    const { table, waiting } = held();
    const error = JSON.stringify({ __type: 'x#ThrottlingException', message: 'Slow down.' });
    const early = [
      { ...ANSWERED, status: 503 },
      { ...ANSWERED, status: 400, body: Buffer.from(error) },
      { status: 0, error: new Error('reset') },
    ] as const;
    for (const [index, answer] of early.entries()) {
      const outcome = table.write(texts([{ id: { S: `early ${index}` } }]));
      await turnOfEvents();
      waiting[index]!.settle(answer);
      await outcome;
    }
    void table.write(texts([{ id: { S: 'later' } }]));
    await turnOfEvents();
    expect(waiting.map(({ request }) => idsOf(request))).toEqual([
      ['early 0'],
      ['early 1'],
      ['early 2'],
      ['later'],
    ]);
  });

  type Exchange = { request: PostRequest; settle: (answer: HttpAnswer | LostAnswer) => void };

  /** A table whose requests wait on their connections, unsent, until the test settles them. */
  function held() {
    const waiting: Exchange[] = [];
    const table = dynamoTable({
      table: 'people',
      partitionKey: 'id',
      sortKey: null,
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: async () => ({ accessKeyId: 'KEY', secretAccessKey: 's' }),
      clock: manualClock(START_MS),
      connect: () => ({
        send: (request, settle) => void waiting.push({ request, settle }),
        destroy: () => undefined,
      }),
    });
    return { table, waiting };
  }

  function idsOf({ body }: PostRequest): string[] {
    const { RequestItems } = JSON.parse(body.toString()) as {
      RequestItems: { people: { PutRequest: { Item: { id: { S: string } } } }[] };
    };
    return RequestItems.people.map(({ PutRequest }) => PutRequest.Item.id.S);
  }
});

describe('a server that does not answer', () => {
  it('is given up after the request timeout, and the connection is closed when the caller hears of it', async () => {
    let arrived: (socket: Parameters<Step>[1]['socket']) => void;
    const arrival = new Promise<Parameters<Step>[1]['socket']>((resolve) => (arrived = resolve));
    const { clock, table } = await set([(_, { socket }) => arrived(socket)], { requestTimeoutMs: 5000 });
    const outcome = table.write(items);
    const socket = await arrival;
    const closed = once(socket, 'close');
    clock.advance(4999);
    expect(await Promise.race([outcome, turnOfEvents()])).toBeUndefined();
    clock.advance(1);
    expect(await outcome).toEqual(unavailable);
    await closed;
  });

  it('is given up after the request timeout also where the clock is set back meanwhile', async () => {
    let arrived: () => void;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const { clock, table } = await set([() => arrived()], { requestTimeoutMs: 5000 });
    const outcome = table.write(items);
    await arrival;
    clock.step(-120_000);
    clock.advance(5000);
    expect(await outcome).toEqual(unavailable);
  });

  it('holds up those who wait for a connection no longer than the timeout either', async () => {
    let arrived: () => void;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const { clock, server, table } = await set([() => arrived()], { connections: 1 });
    const outcomes = [table.write(items), table.write(items)];
    await arrival;
    clock.advance(10_000);
    expect(await Promise.all(outcomes)).toEqual([unavailable, unavailable]);
    expect(server.requests).toHaveLength(1);
  });

  it('is no hindrance to the next request', async () => {
    let arrived: () => void;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const { clock, table } = await set([() => arrived(), succeeds], { connections: 1 });
    const first = table.write(items);
    await arrival;
    clock.advance(10_000);
    expect(await first).toEqual(unavailable);
    expect(await table.write(items)).toEqual(written);
  });

  it('is left when the table is closed', async () => {
    let arrived: () => void;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const { table } = await set([() => arrived()]);
    const outcome = table.write(items);
    await arrival;
    await table.close();
    expect(await outcome).toEqual(unavailable);
    expect(await table.write(items)).toEqual(unavailable);
  });
});

describe('an answer that breaks off', () => {
  it.each<[string, Step]>([
    ['before it begins', (response) => response.socket?.destroy()],
    ['by a reset', (response) => response.socket?.resetAndDestroy()],
    ['in its headers', (response) => response.socket?.end('HTTP/1.1 200 OK\r\nContent-Le')],
    [
      'in its body',
      (response) => response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{"Unpro'),
    ],
    [
      'in a chunk',
      (response) =>
        response.socket?.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n17\r\n{"Unpro'),
    ],
    ['because it is no HTTP', (response) => response.socket?.end('220 mail ready\r\n')],
    [
      'because its length is too short',
      (response) =>
        response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{"UnprocessedItems":{}}'),
    ],
    [
      'because its length is no number',
      (response) =>
        response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{"UnprocessedItems":{}}'),
    ],
  ])('%s leaves every item held, and the next request unharmed', async (_, step) => {
    const { table } = await set([step, succeeds], { connections: 1 });
    expect(await table.write(items)).toEqual(unavailable);
    expect(await table.write(items)).toEqual(written);
  });

  it('that never began for want of a server leaves every item held', async () => {
    const { server, table } = await set([succeeds]);
    await server.close();
    expect(await table.write(items)).toEqual(unavailable);
  });
});

describe('an answer that is not DynamoDB’s', () => {
  it('leaves every item held, and its connection closed', async () => {
    const { server, table } = await set([
      garbage,
      answers(200, { UnprocessedItems: {} }, { 'x-amz-crc32': '1' }),
      succeeds,
    ]);
    for (const expected of [unavailable, unavailable, written])
      expect(await table.write(items)).toEqual(expected);
    expect(new Set(server.requests.map(({ socket }) => socket)).size).toBe(3);
  });

  it('ends the run when ten come in a row, and says what came', async () => {
    const { table, server } = await set([...Array.from({ length: 9 }, () => garbage), succeeds, garbage]);
    for (let k = 0; k < 9; k++) expect(await table.write(items)).toEqual(unavailable);
    expect(await table.write(items)).toEqual(written);
    for (let k = 0; k < 9; k++) expect(await table.write(items)).toEqual(unavailable);
    await expect(table.write(items)).rejects.toMatchObject({
      code: 'table-answer-invalid',
      message: expect.stringMatching(/'people' in eu-west-1 .*not what you think.*AWS_ENDPOINT_URL/),
      data: { endpoint: server.endpoint },
    });
  });
});

describe('an error that no retry fixes', () => {
  it.each([
    ['ResourceNotFoundException', 'table-missing'],
    ['AccessDeniedException', 'access-denied'],
    ['UnrecognizedClientException', 'credentials-missing'],
    ['InvalidSignatureException', 'credentials-missing'],
    ['MissingAuthenticationTokenException', 'credentials-missing'],
    ['UnheardOfException', 'table-answer-invalid'],
  ])('%s is thrown as %s, with what, where and what AWS said', async (awsCode, code) => {
    const { table, server } = await set([fails(awsCode)]);
    await expect(table.write(items)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`'people' in eu-west-1 at ${server.endpoint}.*Because\\.`)),
    });
    expect(server.requests).toHaveLength(1);
  });

  it('is a certificate that is not trusted, unless it is told to be', async () => {
    const { table } = await set([succeeds], { tls: true });
    await expect(table.write(items)).rejects.toMatchObject({ code: 'certificate-untrusted' });
    const trusting = await set([succeeds], { tls: true, trusted: SELF_SIGNED });
    expect(await trusting.table.write(items)).toEqual(written);
  });
});

describe('expired credentials', () => {
  it('are fetched anew, once for all who need it', async () => {
    const expired = fails('ExpiredTokenException', 'The security token included in the request is expired');
    const byKey: Step = (response, request) =>
      (keyOf(request) === 'KEY1' ? expired : succeeds)(response, request);
    const { server, table, fetched } = await set([byKey], { connections: 3 });
    const outcomes = await Promise.all([table.write(items), table.write(items), table.write(items)]);
    expect(outcomes).toEqual([written, written, written]);
    expect(fetched).toEqual([false, true]);
    expect(server.requests.map(keyOf).filter((key) => key === 'KEY2')).toHaveLength(3);
  });

  it('end the run where fresh ones are expired too', async () => {
    const { server, table } = await set([fails('ExpiredTokenException')]);
    await expect(table.write(items)).rejects.toMatchObject({ code: 'credentials-expired' });
    expect(server.requests).toHaveLength(2);
  });
});

describe('a clock that is off', () => {
  const tooOld = fails(
    'InvalidSignatureException',
    'Signature expired: 20261101T120000Z is now earlier than …',
    {
      date: new Date(START_MS + HOUR_MS).toUTCString(),
    },
  );

  it('is corrected by the time of the answer, for this request and all that follow', async () => {
    const { server, table } = await set([tooOld, succeeds]);
    expect(await table.write(items)).toEqual(written);
    expect(await table.write(items)).toEqual(written);
    expect(server.requests.map(({ headers }) => headers['x-amz-date'])).toEqual([
      '20261101T120000Z',
      '20261101T130000Z',
      '20261101T130000Z',
    ]);
  });

  it('ends the run where that does not help', async () => {
    const { server, table } = await set([tooOld]);
    await expect(table.write(items)).rejects.toMatchObject({ code: 'clock-skewed' });
    expect(server.requests).toHaveLength(2);
  });
});

function keyOf({ headers }: ReceivedRequest): string | undefined {
  return /KEY\d/.exec(headers.authorization ?? '')?.[0];
}

/** Resolves after what can happen without time passing has happened. */
async function turnOfEvents(): Promise<void> {
  for (let k = 0; k < 20; k++) await new Promise((resolve) => setImmediate(resolve));
}
