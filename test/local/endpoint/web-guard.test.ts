import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { startLocal } from '../local-clients.ts';
import { startWithBucket } from '../s3/with-bucket.ts';

const authorization = 'AWS4-HMAC-SHA256 Credential=local';
/** A request to each service, the form of its errors, and its answer if the request is accepted. */
const services = [
  [
    'S3',
    { authorization },
    /<Error>.*<Code>AccessDenied<\/Code><Message>Access Denied: /s,
    'ListAllMyBucketsResult',
  ],
  [
    'SQS',
    { authorization, 'x-amz-target': 'AmazonSQS.ListQueues' },
    /"__type":"[^"]*#AccessDeniedException"/,
    'QueueUrls',
  ],
  [
    'DynamoDB',
    { authorization, 'x-amz-target': 'DynamoDB_20120810.ListTables' },
    /"__type":"[^"]*#AccessDeniedException"/,
    'TableNames',
  ],
] as const;

type Asked = { method: string; path?: string; headers: Readonly<Record<string, string>> };

/** Node's own client: fetch sets Host and Sec-Fetch headers itself. */
async function ask(port: number, { method, path = '/', headers }: Asked) {
  const body = headers['x-amz-target'] === undefined ? '' : '{}';
  const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }).end(body);
  const [response] = await once(sent, 'response');
  return { status: response.statusCode as number, headers: response.headers, text: await text(response) };
}

describe.each(services)('%s', (service, headers, refused, answer) => {
  const method = service === 'S3' ? 'GET' : 'POST';

  test.each([
    ['a foreign name', { host: 'evil.example:PORT' }, /Host header is 'evil\.example:/],
    ['a name that only ends like this stack', { host: '127.0.0.1.evil.example:PORT' }, /Host header/],
    ['a name that only begins like this stack', { host: 'evil-localhost:PORT' }, /Host header/],
    ['any address', { host: '0.0.0.0:PORT' }, /Host header/],
    ['another port', { host: '127.0.0.1:1' }, /Host header/],
    ['no port', { host: 'localhost' }, /Host header/],
    ['a foreign origin', { origin: 'http://evil.example' }, /web page of 'http:\/\/evil\.example'/],
    ['an opaque origin', { origin: 'null' }, /web page of 'null'/],
    ['the origin of another port', { origin: 'http://127.0.0.1:1' }, /web page of/],
    ['the origin of its other name', { origin: 'http://localhost:PORT' }, /web page of/],
    ['the origin of an extension', { origin: 'chrome-extension://abc' }, /web page of/],
    ['a cross-site page', { 'sec-fetch-site': 'cross-site' }, /Sec-Fetch-Site is 'cross-site'/],
    ['a same-site page', { 'sec-fetch-site': 'same-site' }, /Sec-Fetch-Site is 'same-site'/],
    ['an unknown kind of page', { 'sec-fetch-site': '' }, /Sec-Fetch-Site is ''/],
  ])('refuses a request from %s', async (_, more, reason) => {
    const { port } = await startLocal();
    const hostile = JSON.parse(JSON.stringify(more).replaceAll('PORT', String(port))) as Asked['headers'];
    const { status, text } = await ask(port, {
      method,
      headers: { host: `127.0.0.1:${port}`, ...headers, ...hostile },
    });
    expect(status).toBe(403);
    expect(text).toMatch(refused);
    expect(text).toMatch(reason);
    expect(text).not.toContain(answer);
  });

  test.each([
    ['127.0.0.1', {}],
    ['localhost', {}],
    ['LOCALHOST', {}],
    ['its own page', { origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'same-origin' }],
  ])('answers %s', async (name, more) => {
    const { port } = await startLocal();
    const host = name.includes(' ') ? '127.0.0.1' : name;
    const own = JSON.parse(JSON.stringify(more).replaceAll('PORT', String(port))) as Asked['headers'];
    const { status, text } = await ask(port, {
      method,
      headers: { host: `${host}:${port}`, ...headers, ...own },
    });
    expect(status).toBe(200);
    expect(text).toContain(answer);
  });

  test('refuses a preflight, without a header of CORS', async () => {
    const { port, url } = await startLocal();
    const asking = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-amz-target',
    };
    for (const origin of ['http://evil.example', url]) {
      const { status, headers } = await ask(port, { method: 'OPTIONS', headers: { origin, ...asking } });
      expect(status).toBe(403);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });
});

test.each([
  ['GET', 200],
  ['HEAD', 200],
  ['PUT', 403],
  ['POST', 403],
  ['DELETE', 403],
])(
  'what the user typed into the address bar may only read: %s is answered with %i',
  async (method, expected) => {
    const { port, s3, Bucket } = await startWithBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'one' }));
    const typed = { 'sec-fetch-site': 'none', 'content-length': '0' };
    const { status } = await ask(port, { method, path: `/${Bucket}/k?X-Amz-Signature=x`, headers: typed });
    expect(status).toBe(expected);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    expect(await Body!.transformToString()).toBe('one');
  },
);

test('a bucket in the host name is this stack', async () => {
  const { port, Bucket } = await startWithBucket();
  const { status } = await ask(port, {
    method: 'HEAD',
    headers: { authorization, host: `${Bucket}.localhost:${port}` },
  });
  expect(status).toBe(200);
});

test.each(['http://evil.example/', 'http://127.0.0.1/source', '*'])(
  'the target %s is refused',
  async (path) => {
    const { port } = await startLocal();
    expect(await ask(port, { method: 'GET', path, headers: { authorization } })).toMatchObject({
      status: 403,
    });
  },
);

test('a WebSocket is refused', async () => {
  const { port } = await startLocal();
  const upgrade = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'x',
  };
  const { status } = await ask(port, {
    method: 'GET',
    headers: { ...upgrade, origin: 'http://evil.example' },
  });
  expect(status).toBe(403);
});

test.each([
  ['two names', 'GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: evil.example\r\n\r\n'],
  ['no name', 'GET / HTTP/1.0\r\n\r\n'],
  [
    'a body that never comes',
    'POST /source?delete&X-Amz-Signature=x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: null\r\nContent-Length: 9\r\n\r\n<',
  ],
])('a request with %s is refused at once', async (_, head) => {
  const { port } = await startLocal();
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(head.replaceAll('PORT', String(port)));
  const [answer] = await once(socket, 'data');
  expect(answer).toMatch(/^HTTP\/1\.1 403 .*AccessDenied/s);
  socket.destroy();
});

test.each([
  ['an object', '/source/k', 200],
  ['a listing', '/source', 200],
  ['an error', '/source/none', 404],
  ['a refusal', '/source/k?response-set-cookie=a', 501],
])('a browser cannot embed %s, guess its type or run it', async (_, path, expected) => {
  const { port, s3, Bucket } = await startWithBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ContentType: 'text/html' }));
  const { status, headers } = await ask(port, { method: 'GET', path, headers: { authorization } });
  expect(status).toBe(expected);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  });
});
