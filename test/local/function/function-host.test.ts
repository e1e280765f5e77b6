import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type FunctionHost,
  type FunctionHostOptions,
  startFunctionHost,
} from '../../../local/function/function-host.ts';

let dir: string;
let lines: string[];
const cleanups: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-host-'));
  lines = [];
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  await rm(dir, { recursive: true, force: true });
});

/** A host of a function whose module is `source`. */
async function hostOf(source: string, options: Partial<FunctionHostOptions> = {}): Promise<FunctionHost> {
  await writeFile(join(dir, 'index.mjs'), source);
  const host = await startFunctionHost({
    bundle: dir,
    handler: 'index.handler',
    functionName: 'sluice-load',
    region: 'eu-west-1',
    environment: {},
    timeoutMs: 20_000,
    memoryMb: 256,
    concurrency: 1,
    retryDelaysMs: [1, 1],
    log: (line) => lines.push(line),
    ...options,
  });
  cleanups.push(() => host.close());
  return host;
}

type Arrival = { text: string; answer(): void; gone: Promise<unknown> };

/** An HTTP server that functions call to synchronize with the test: `arrived` waits for one request, `answer` lets the function continue. */
async function meetingPoint(): Promise<{ url: string; arrived(): Promise<Arrival> }> {
  const arrivals: Arrival[] = [];
  const waiting: ((arrival: Arrival) => void)[] = [];
  const server = createServer((request, response) => {
    const arrival = {
      text: decodeURIComponent(request.url!.slice(1)),
      answer: () => void response.end(),
      gone: once(request.socket, 'close'),
    };
    const waiter = waiting.shift();
    if (waiter) waiter(arrival);
    else arrivals.push(arrival);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    arrived: async () => arrivals.shift() ?? (await new Promise((resolve) => waiting.push(resolve))),
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A function that sends its event to `url`, waits for the answer, and returns the id of its process. */
const meets = (url: string) => `export const handler = async (event) => {
  await fetch('${url}/' + encodeURIComponent(event));
  return process.pid;
};`;

/** Kept over attempts, in other processes too: how often the function has been called. */
const countsCalls = `import { appendFileSync, readFileSync } from 'node:fs';
const calls = () => { appendFileSync(process.env.CALLS, '.'); return readFileSync(process.env.CALLS).length; };`;

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

describe('an invocation', () => {
  it('returns the answer of the handler', async () => {
    const host = await hostOf('export const handler = async (event) => ({ got: event });');
    expect(await host.invoke({ a: [1, 'ü'] })).toEqual({ kind: 'answered', value: { got: { a: [1, 'ü'] } } });
    expect(await host.invoke(null)).toEqual({ kind: 'answered', value: { got: null } });
  });

  it('returns null if the handler returned nothing', async () => {
    const host = await hostOf('export const handler = () => {};');
    expect(await host.invoke({})).toEqual({ kind: 'answered', value: null });
  });

  it("has Lambda's context", async () => {
    const host = await hostOf(
      `export const handler = async (event, context) =>
        ({ ...context, remaining: context.getRemainingTimeInMillis() });`,
    );
    const outcome = await host.invoke({});
    expect(outcome).toMatchObject({
      value: {
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        functionName: 'sluice-load',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:sluice-load',
        memoryLimitInMB: '256',
        logGroupName: '/aws/lambda/sluice-load',
      },
    });
    const { remaining } = (outcome as { value: { remaining: number } }).value;
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(20_000);
  });

  it("has Lambda's environment and the given one, and nothing of the host's", async () => {
    process.env['SLUICE_OF_THE_HOST'] = '1';
    cleanups.push(async () => delete process.env['SLUICE_OF_THE_HOST']);
    const host = await hostOf('export const handler = async () => process.env;', {
      environment: { SLUICE_NAME: 'sluice', AWS_REGION: 'us-east-1' },
    });
    const { value } = (await host.invoke({})) as { value: Record<string, string> };
    expect(value).toMatchObject({
      AWS_LAMBDA_FUNCTION_NAME: 'sluice-load',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      AWS_REGION: 'us-east-1',
      LAMBDA_TASK_ROOT: dir,
      _HANDLER: 'index.handler',
      SLUICE_NAME: 'sluice',
    });
    expect(value).not.toHaveProperty('SLUICE_OF_THE_HOST');
  });

  it('uses the warm process of the first one', async () => {
    const host = await hostOf(
      'let calls = 0; export const handler = async () => ({ calls: ++calls, pid: process.pid });',
    );
    const first = (await host.invoke({})) as { value: { pid: number } };
    expect(await host.invoke({})).toEqual({ kind: 'answered', value: { calls: 2, pid: first.value.pid } });
  });

  it('fails with what the handler threw, and keeps the process', async () => {
    const host = await hostOf(`let calls = 0;
      export const handler = async () => { if (++calls === 1) throw new RangeError('too far'); return calls; };`);
    expect(await host.invoke({})).toMatchObject({
      kind: 'failed',
      failure: {
        errorType: 'RangeError',
        errorMessage: 'too far',
        stackTrace: expect.arrayContaining(['RangeError: too far']) as string[],
      },
    });
    expect(await host.invoke({})).toEqual({ kind: 'answered', value: 2 });
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'ERROR', message: { errorMessage: 'too far' } });
  });

  it('is killed at its deadline, and the next one gets a new process', async () => {
    const host = await hostOf(
      `export const handler = async (event) => { if (event === 'hang') for (;;); return process.pid; };`,
      { timeoutMs: 1_000 },
    );
    const { value: pid } = (await host.invoke('go')) as { value: number };
    expect(await host.invoke('hang')).toMatchObject({
      kind: 'failed',
      failure: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('Task timed out after 1.00 seconds') as string,
      },
    });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await host.invoke('go')).toMatchObject({ kind: 'answered' });
  });

  it.each([
    ['outside the heap', 'const kept = []; for (;;) kept.push(Buffer.alloc(1_000_000, 1));'],
    ['on the heap', 'const kept = []; for (;;) kept.push({ kept: kept.length });'],
  ])('is killed when it takes too much memory %s', async (_, body) => {
    const host = await hostOf(`export const handler = async () => { ${body} };`, { memoryMb: 128 });
    expect(await host.invoke({})).toMatchObject({
      kind: 'failed',
      failure: { errorType: 'Runtime.OutOfMemory' },
    });
  });

  it('fails when its process ends by itself, and the next one gets a new process', async () => {
    const host = await hostOf(
      `export const handler = async (event) => { if (event === 'end') process.exit(3); return 'well'; };`,
    );
    expect(await host.invoke('end')).toMatchObject({
      kind: 'failed',
      failure: {
        errorType: 'Runtime.ExitError',
        errorMessage: 'Runtime exited with error: exit status 3',
      },
    });
    expect(await host.invoke('go on')).toEqual({ kind: 'answered', value: 'well' });
  });

  it.each([
    ['a module that throws', `throw new Error('no luck'); export const handler = 1;`, 'no luck'],
    [
      'a module without the handler',
      'export const other = () => 1;',
      'index.handler is undefined or not exported',
    ],
  ])('fails when the function cannot be loaded: %s', async (_, source, errorMessage) => {
    const host = await hostOf(source);
    expect(await host.invoke({})).toMatchObject({ kind: 'failed', failure: { errorMessage } });
  });

  it('logs every line that the function wrote', async () => {
    const host = await hostOf(
      `export const handler = async () => { console.log('{"message":"ün"}'); console.error('two\\nthree'); };`,
    );
    await host.invoke({});
    await host.close();
    expect(lines).toEqual(expect.arrayContaining(['{"message":"ün"}', 'two', 'three']));
  });

  it('may run a function from its zip', async () => {
    const zip = join(dir, 'function.zip');
    const source = `import { text } from './lib/text.mjs'; export const handler = async () => text;`;
    const files = { 'main.mjs': source, 'lib/text.mjs': `export const text = 'zipped';` };
    await writeFile(
      zip,
      zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))),
    );
    const host = await hostOf('', { bundle: zip, handler: 'main.handler' });
    expect(await host.invoke({})).toEqual({ kind: 'answered', value: 'zipped' });
  });
});

describe('concurrent invocations', () => {
  it('run in separate processes up to the limit, and the others wait', async () => {
    const meeting = await meetingPoint();
    const host = await hostOf(meets(meeting.url), { concurrency: 2 });
    const outcomes = ['one', 'two', 'three'].map((event) => host.invoke(event));
    const first = await meeting.arrived();
    const second = await meeting.arrived();
    expect([first.text, second.text].sort()).toEqual(['one', 'two']);
    first.answer();
    const third = await meeting.arrived();
    expect(third.text).toBe('three');
    second.answer();
    third.answer();
    const pids = (await Promise.all(outcomes)).map((outcome) => (outcome as { value: number }).value);
    expect(new Set(pids).size).toBe(2);
  });
});

describe('an asynchronous invocation', () => {
  it('is repeated until it succeeds', async () => {
    const meeting = await meetingPoint();
    const host = await hostOf(
      `${countsCalls}
      export const handler = async () => {
        const n = calls();
        if (n < 3) throw new Error('not yet');
        await fetch('${meeting.url}/' + n);
      };`,
      { environment: { CALLS: join(dir, 'calls') } },
    );
    const outcome = host.invokeAsync({});
    const arrival = await meeting.arrived();
    expect(arrival.text).toBe('3');
    arrival.answer();
    expect(await outcome).toEqual({ kind: 'succeeded' });
  });

  it('fails after its last attempt, and returns the reason', async () => {
    const host = await hostOf(
      `${countsCalls} export const handler = async () => { throw new Error('call ' + calls()); };`,
      { environment: { CALLS: join(dir, 'calls') } },
    );
    expect(await host.invokeAsync({ id: 7 })).toMatchObject({
      kind: 'failed',
      attempts: 3,
      failure: { errorMessage: 'call 3' },
    });
    expect(await readFile(join(dir, 'calls'), 'utf8')).toBe('...');
  });
});

describe('closing', () => {
  it('lets a running invocation end', async () => {
    const meeting = await meetingPoint();
    const host = await hostOf(meets(meeting.url));
    const outcome = host.invoke('running');
    const arrival = await meeting.arrived();
    const closed = host.close();
    arrival.answer();
    expect(await outcome).toMatchObject({ kind: 'answered' });
    await closed;
  });

  it('kills an invocation that does not end in time, and returns which events were interrupted', async () => {
    const meeting = await meetingPoint();
    const host = await hostOf(meets(meeting.url), { closeGraceMs: 1 });
    const outcomes = ['running', 'waiting'].map((event) => host.invokeAsync(event));
    expect((await meeting.arrived()).text).toBe('running');
    await host.close();
    expect(await Promise.all(outcomes)).toEqual([{ kind: 'interrupted' }, { kind: 'interrupted' }]);
  });

  it('leaves no process behind, and refuses what comes later', async () => {
    const host = await hostOf('export const handler = async () => process.pid;');
    const { value: pid } = (await host.invoke({})) as { value: number };
    await host.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await host.invoke({})).toMatchObject({ kind: 'failed', failure: { errorType: 'Host.Closed' } });
    expect(await host.invokeAsync('late')).toEqual({ kind: 'interrupted' });
  });
});

describe('a host that dies', () => {
  it('takes its processes with it', async () => {
    const meeting = await meetingPoint();
    await writeFile(join(dir, 'index.mjs'), meets(meeting.url));
    const module = new URL('../../../local/function/function-host.ts', import.meta.url).href;
    const script = `import { startFunctionHost } from '${module}';
      const host = await startFunctionHost({
        bundle: ${JSON.stringify(dir)}, handler: 'index.handler', functionName: 'f', region: 'eu-west-1',
        environment: {}, timeoutMs: 60_000, memoryMb: 256, concurrency: 1, log: () => {},
      });
      await host.invoke('alive');`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
    const arrival = await meeting.arrived();
    parent.kill('SIGKILL');
    // The function's process holds its end of the connection open for as long as it lives.
    await arrival.gone;
    expect(arrival.text).toBe('alive');
  });
});

describe('a queue', () => {
  type Call = { action: string; body: Record<string, unknown> };

  /** The part of SQS that a poller uses: returns each message once, and records the requests. */
  async function queueOf(bodies: readonly string[]) {
    const deleted: string[] = [];
    const asked: Call[] = [];
    let handedOut = 0;
    const { promise: emptied, resolve: empty } = later<void>();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
        const action = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
        asked.push({ action, body });
        response.setHeader('content-type', 'application/x-amz-json-1.0');
        if (action === 'DeleteMessage') {
          deleted.push(String(body['ReceiptHandle']));
          response.end('{}');
        } else if (handedOut === bodies.length) {
          // A long poll of an empty queue: left open until the poller goes.
          empty();
        } else {
          const message = {
            MessageId: `m${handedOut}`,
            ReceiptHandle: `r${handedOut}`,
            Body: bodies[handedOut],
            MD5OfBody: createHash('md5').update(bodies[handedOut]!).digest('hex'),
            Attributes: { ApproximateReceiveCount: '1' },
          };
          handedOut += 1;
          response.end(JSON.stringify({ Messages: [message] }));
        }
      });
    });
    const endpoint = `http://127.0.0.1:${await listen(server)}`;
    const client = new SQSClient({
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    });
    cleanups.push(async () => client.destroy());
    return { queue: { client, url: `${endpoint}/000000000000/sluice-work` }, deleted, asked, emptied };
  }

  it('invokes the function with its messages, and deletes only those that succeed', async () => {
    const { queue, deleted, asked, emptied } = await queueOf([
      'fine',
      'fails',
      'throws',
      'exits',
      'nothing',
      'odd',
    ]);
    const host = await hostOf(
      `export const handler = async ({ Records: [{ body, messageId }] }) => {
        if (body === 'throws') throw new Error(body);
        if (body === 'exits') process.exit(1);
        if (body === 'nothing') return undefined;
        if (body === 'odd') return { batchItemFailures: 'all' };
        return { batchItemFailures: body === 'fails' ? [{ itemIdentifier: messageId }] : [] };
      };`,
      { queues: [queue] },
    );
    await emptied;
    await host.close();
    expect(deleted).toEqual(['r0', 'r4']);
    expect(asked[0]).toMatchObject({
      action: 'ReceiveMessage',
      body: { MaxNumberOfMessages: 1, QueueUrl: queue.url },
    });
  });

  it('invokes the function with events in the format of Lambda', async () => {
    const { queue, emptied } = await queueOf(['{"importId":"1"}']);
    const host = await hostOf('export const handler = async (event) => console.log(JSON.stringify(event));', {
      queues: [queue],
    });
    await emptied;
    await host.close();
    expect(JSON.parse(lines[0]!)).toEqual({
      Records: [
        {
          messageId: 'm0',
          receiptHandle: 'r0',
          body: '{"importId":"1"}',
          attributes: { ApproximateReceiveCount: '1' },
          messageAttributes: {},
          md5OfBody: createHash('md5').update('{"importId":"1"}').digest('hex'),
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:sluice-work',
          awsRegion: 'eu-west-1',
        },
      ],
    });
  });
});
