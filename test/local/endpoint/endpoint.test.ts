import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { startEndpoint } from '../../../local/endpoint/endpoint.ts';
import { startLocal, temporaryFolder } from '../local-clients.ts';

test('stored data exists after a restart, in all three services', async () => {
  const dataDir = await temporaryFolder();
  const first = await startLocal({ dataDir });
  await first.s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
  await first.s3.send(
    new PutBucketVersioningCommand({ Bucket: 'kept', VersioningConfiguration: { Status: 'Enabled' } }),
  );
  await first.s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'a.csv', Body: 'one' }));
  const { VersionId } = await first.s3.send(
    new PutObjectCommand({ Bucket: 'kept', Key: 'a.csv', Body: 'two' }),
  );
  const { QueueUrl } = await first.sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
  await first.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'to do' }));
  await first.dynamodb.send(new CreateTableCommand(people));
  // As in AWS, a table is created after the answer.
  await waitUntilTableExists(
    { client: first.dynamodb, minDelay: 1, maxWaitTime: 30 },
    { TableName: 'people' },
  );
  await first.dynamodb.send(
    new PutItemCommand({ TableName: 'people', Item: { id: { S: '1' }, n: { N: '2' } } }),
  );
  await first.close();

  const second = await startLocal({ dataDir });
  const object = await second.s3.send(new GetObjectCommand({ Bucket: 'kept', Key: 'a.csv' }));
  expect(await object.Body!.transformToString()).toBe('two');
  expect(object.VersionId).toBe(VersionId);
  const { Versions } = await second.s3.send(new ListObjectVersionsCommand({ Bucket: 'kept' }));
  expect(Versions?.map(({ Size, IsLatest }) => [Size, IsLatest])).toEqual([
    [3, true],
    [3, false],
  ]);
  // The port is another one: the queue is found by its name all the same.
  const { Messages } = await second.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages?.map(({ Body }) => Body)).toEqual(['to do']);
  const { Item } = await second.dynamodb.send(
    new GetItemCommand({ TableName: 'people', Key: { id: { S: '1' } } }),
  );
  expect(Item).toEqual({ id: { S: '1' }, n: { N: '2' } });
});

test('sequencers increase after a restart, also if the clock was set back', async () => {
  const dataDir = await temporaryFolder();
  const sequencers: string[] = [];
  for (const nowMs of [2_000_000_000_000, 1_900_000_000_000]) {
    const { s3, events, close } = await startLocal({ dataDir, now: () => nowMs });
    await s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
    await s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'a', Body: '1' }));
    await s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'a', Body: '2' }));
    sequencers.push(...events.map(({ s3 }) => s3.object.sequencer));
    await close();
  }
  expect(sequencers).toHaveLength(4);
  expect(new Set(sequencers.map(({ length }) => length)).size).toBe(1);
  expect(sequencers).toEqual(sequencers.toSorted());
  expect(new Set(sequencers).size).toBe(4);
});

test('a port in use is an error that says what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(startEndpoint({ port, dataDir: null })).rejects.toMatchObject({
    code: 'port-taken',
    message: expect.stringMatching(new RegExp(`Port ${port} .*--port`)),
    data: { port },
  });
});

test('two stacks cannot use one folder', async () => {
  const dataDir = await temporaryFolder();
  await startLocal({ dataDir });
  await expect(startEndpoint({ port: 0, dataDir })).rejects.toMatchObject({ code: 'configuration-invalid' });
});

test('without a folder nothing is left behind', async () => {
  const dataDir = await temporaryFolder();
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = dataDir;
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  const { s3, close } = await startLocal();
  await s3.send(new CreateBucketCommand({ Bucket: 'gone' }));
  expect(await readdir(dataDir)).toHaveLength(1);
  await close();
  expect(await readdir(dataDir)).toEqual([]);
});

const outward = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

test.skipIf(outward === undefined)('the machine’s own address accepts no connections', async () => {
  const { port } = await startLocal();
  await expect(fetch(`http://${outward}:${port}`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test.each([
  ['S3', {}, 'AccessDenied'],
  ['SQS', { 'x-amz-target': 'AmazonSQS.ListQueues' }, 'MissingAuthenticationToken'],
  ['DynamoDB', { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, 'MissingAuthenticationToken'],
])('a request to %s without a signature is refused', async (_service, headers, code) => {
  const { url } = await startLocal();
  const answer = await fetch(url, { method: 'POST', headers, body: '{}' });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain(code);
});

test('an unknown service is refused', async () => {
  const { url } = await startLocal();
  const headers = { authorization: 'AWS4-HMAC-SHA256 x', 'x-amz-target': 'Kinesis.Put' };
  const answer = await fetch(url, { method: 'POST', headers, body: '{}' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('UnknownOperationException');
});

test('closing ends idle connections and long polls', async () => {
  const { sqs, url, close } = await startLocal();
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const idle = request(url, { agent }).end();
  const [response] = await once(idle, 'response');
  response.resume();
  await once(response, 'end');

  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
  const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  // Answered after the server has taken up the one before, on another connection.
  await sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }));
  await close();
  expect((await waiting).Messages).toBeUndefined();
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('a client that never ends its headers is disconnected, one with a slow body is not', async () => {
  const { port } = await startLocal({ headersTimeoutMs: 200 });
  const open = (head: string) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    onTestFinished(() => void socket.destroy());
    socket.write(`POST /none?delete HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: AWS4-x\r\n${head}`);
    return socket;
  };
  const slowBody = open('Content-Length: 2\r\n\r\n<');
  const slowHeaders = open('X-Slow: ');
  const [timeout] = await once(slowHeaders, 'data');
  expect(timeout).toContain('408 Request Timeout');
  slowBody.write('>');
  const [answer] = await once(slowBody, 'data');
  expect(answer).toContain('NoSuchBucket');
});

const people = {
  TableName: 'people',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
  BillingMode: 'PAY_PER_REQUEST' as const,
};
