import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';
import { s3Source } from '../../../src/aws/s3/s3-source.ts';
import type { ObjectRef } from '../../../src/core/imports/import.ts';
import type { Clock } from '../../../src/core/ports.ts';
import { describeSource } from '../../conformance/source-suite.ts';
import { openBucket } from '../../support/bucket.ts';
import { engineCredentials } from '../../support/engine.ts';
import { localEndpoint } from '../../support/local-endpoint.ts';
import { moto } from '../../support/moto.ts';

describe.each([localEndpoint, moto])('on $name', (kind) => {
  describe.skipIf(kind.missing !== null)(kind.missing ?? 'as installed here', () => {
    const opened = openBucket(kind);

    describeSource(`S3, ${kind.name}`, async () => {
      const { client, bucket } = opened();
      return {
        source: s3Source({ client }),
        put: (key, body) => put(client, bucket, key, body),
        async remove({ key, versionId }) {
          await client.send(
            new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId ?? undefined }),
          );
        },
        close: async () => undefined,
      };
    });

    test('throws object-changed where the ETag is another', async () => {
      const { client, bucket } = opened();
      const object = await put(client, bucket, 'changed.csv', Buffer.from('a,b\n1,2\n'));
      const etag = '00000000000000000000000000000000';
      await expect(read(client, { ...object, etag }, 0, 8)).rejects.toMatchObject({
        code: 'object-changed',
        message: expect.stringMatching(/changed\.csv .*0{32}/),
      });
      await put(client, bucket, 'changed.csv', Buffer.from('a,b\n3,4\n'));
      await expect(read(client, { ...object, versionId: null }, 0, 8)).rejects.toMatchObject({
        code: 'object-changed',
      });
    });

    test('throws object-gone where the object lies under a delete marker, or its bucket is gone', async () => {
      const { client, bucket } = opened();
      const object = await put(client, bucket, 'marked.csv', Buffer.from('a'));
      const marker = await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'marked.csv' }));
      const gone = { code: 'object-gone' };
      const markerId = marker.VersionId ?? '';
      await expect(read(client, { ...object, versionId: null }, 0, 1)).rejects.toMatchObject(gone);
      await expect(read(client, { ...object, versionId: markerId }, 0, 1)).rejects.toMatchObject(gone);
      await expect(read(client, { ...object, bucket: 'nowhere' }, 0, 1)).rejects.toMatchObject(gone);
      expect(await read(client, object, 0, 1)).toEqual(Buffer.from('a'));
    });
  });
});

describe('a stream that breaks', () => {
  const content = Buffer.from(Array.from({ length: 1000 }, (_, at) => at & 0xff));
  const object: ObjectRef = {
    bucket: 'source',
    key: 'people/1.csv',
    versionId: 'v1',
    etag: 'e1',
    sizeBytes: content.length,
    sequencer: null,
  };
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  });

  test.each([
    ['by a reset', (response: ServerResponse) => response.socket?.resetAndDestroy()],
    ['by an early end', (response: ServerResponse) => response.socket?.end()],
  ])('%s is taken up again where it broke', async (_, breakOff) => {
    const { client, ranges } = await serve((request, response) => {
      const range = begin(request, response);
      if (range.start === 500) response.end(content.subarray(500, range.end));
      else response.write(content.subarray(range.start, 500), () => breakOff(response));
    });
    expect(await read(client, object, 100, 900)).toEqual(content.subarray(100, 900));
    expect(ranges).toEqual(['bytes=100-899', 'bytes=500-899']);
  });

  test('by an end without a length is taken up again', async () => {
    const { client, ranges } = await serve((request, response) => {
      const { start, end } = rangeOf(request);
      response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/1000`, etag: '"e1"' });
      response.end(content.subarray(start, Math.min(end, start + 300)));
    });
    expect(await read(client, object, 0, 1000)).toEqual(content);
    expect(ranges).toEqual(['bytes=0-999', 'bytes=300-999', 'bytes=600-999', 'bytes=900-999']);
  });

  test('any number of times is read to its end, as long as each brings a byte', async () => {
    const { client, ranges } = await serve((request, response) => {
      const { start } = begin(request, response);
      response.write(content.subarray(start, start + 1), () => response.socket?.resetAndDestroy());
    });
    expect(await read(client, object, 0, 30)).toEqual(content.subarray(0, 30));
    expect(ranges).toHaveLength(30);
  });

  test('without a byte more is given up after five further attempts', async () => {
    const clock = testClock();
    const { client, ranges } = await serve((request, response) => {
      if (begin(request, response).start === 0) {
        response.write(content.subarray(0, 10), () => response.socket?.resetAndDestroy());
      } else response.socket?.resetAndDestroy();
    });
    await expect(read(client, object, 0, 1000, clock)).rejects.toMatchObject({
      code: 'object-unreadable',
      message: expect.stringMatching(/s3:\/\/source\/people\/1\.csv \(version v1\).* at byte 10:/),
      cause: expect.any(Error),
    });
    expect(ranges).toEqual(['bytes=0-999', ...Array.from({ length: 5 }, () => 'bytes=10-999')]);
    expect(clock.slept).toEqual([180, 360, 720, 1440, 2880]);
  });

  test('by silence is taken up again', async () => {
    const clock = testClock();
    const { client, ranges } = await serve((request, response) => {
      const { start, end } = begin(request, response);
      if (start === 0) response.write(content.subarray(0, 400));
      else response.end(content.subarray(start, end));
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of s3Source({ client, clock }).read(object, 0, 1000)) {
      pieces.push(piece);
      // By then the source waits for the next piece.
      if (Buffer.concat(pieces).length === 400) setImmediate(() => clock.fallSilent());
    }
    expect(Buffer.concat(pieces)).toEqual(content);
    expect(ranges).toEqual(['bytes=0-999', 'bytes=400-999']);
  });

  test('by silence before its first byte is asked for again', async () => {
    const clock = testClock();
    const { client, ranges } = await serve((request, response) => {
      if (ranges.length === 1) clock.fallSilent();
      else response.end(content.subarray(0, begin(request, response).end));
    });
    expect(await read(client, object, 0, 1000, clock)).toEqual(content);
    expect(ranges).toEqual(['bytes=0-999', 'bytes=0-999']);
  });

  test('by a server that is unwell for a while is read all the same', async () => {
    const { client, ranges } = await serve((request, response) => {
      if (ranges.length <= 2) refuse(response, 503, 'SlowDown');
      else response.end(content.subarray(0, begin(request, response).end));
    });
    expect(await read(client, object, 0, 1000)).toEqual(content);
    expect(ranges).toHaveLength(3);
  });

  test('because the reader went away is closed', async () => {
    let closed: Promise<unknown> | undefined;
    const { client } = await serve((request, response) => {
      begin(request, response);
      closed = once(response, 'close');
      response.write(content.subarray(0, 100));
    });
    for await (const piece of s3Source({ client, clock: testClock() }).read(object, 0, 1000)) {
      expect(piece.length).toBe(100);
      break;
    }
    await expect(closed).resolves.toEqual([]);
  });

  test.each([
    ['the whole object', 200, {}],
    ['another range', 206, { 'content-range': 'bytes 0-899/1000' }],
  ])('is not read at all if the server sends %s', async (_, status, headers) => {
    const { client, ranges } = await serve((_request, response) => {
      response.writeHead(status, headers);
      response.end(content);
    });
    await expect(read(client, object, 100, 1000)).rejects.toMatchObject({
      code: 'object-unreadable',
      message: expect.stringContaining('must support ranges'),
    });
    expect(ranges).toHaveLength(1);
  });

  test.each([
    [404, 'NoSuchKey', 'object-gone', /upload the file again/],
    [404, 'NoSuchVersion', 'object-gone', /version v1/],
    [405, 'MethodNotAllowed', 'object-gone', /MethodNotAllowed/],
    [412, 'PreconditionFailed', 'object-changed', /ETag is no longer e1/],
    [
      403,
      'AccessDenied',
      'access-denied',
      /s3:GetObjectVersion on arn:aws:s3:::source\/people\/1\.csv .*Allow/,
    ],
    [403, 'InvalidObjectState', 'object-unreadable', /archived/],
    [416, 'InvalidRange', 'object-unreadable', /InvalidRange/],
    [400, 'ExpiredToken', 'credentials-expired', /Log in again/],
    [403, 'InvalidAccessKeyId', 'credentials-missing', /AWS_PROFILE/],
    [403, 'RequestTimeTooSkewed', 'clock-skewed', /clock/],
  ])('is not asked for again after %i %s: %s', async (status, name, code, message) => {
    const { client, ranges } = await serve((_request, response) => refuse(response, status, name));
    await expect(read(client, object, 0, 1000)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      cause: expect.any(Error),
    });
    expect(ranges).toHaveLength(1);
  });

  test('names s3:GetObject where access to an object without a version is denied', async () => {
    const { client } = await serve((_request, response) => refuse(response, 403, 'AccessDenied'));
    await expect(read(client, { ...object, versionId: null }, 0, 1000)).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('s3:GetObject on arn'),
    });
  });

  test('because no server listens fails as endpoint-unreachable', async () => {
    const { client, close } = await serve((_request, response) => response.end());
    await close();
    await expect(read(client, object, 0, 1000)).rejects.toMatchObject({ code: 'endpoint-unreachable' });
  });

  /** A server in S3's place, with the ranges that it was asked for, and a client that tries once. */
  async function serve(
    listener: RequestListener,
  ): Promise<{ client: S3Client; ranges: string[]; close: () => Promise<void> }> {
    const ranges: string[] = [];
    const server = createServer((request, response) => {
      ranges.push(request.headers.range ?? '');
      listener(request, response);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      forcePathStyle: true,
      maxAttempts: 1,
      ...engineCredentials,
    });
    closing.push(close);
    return { client, ranges, close };

    async function close(): Promise<void> {
      client.destroy();
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
  }

  /** Sends the head of the answer to a ranged request. */
  function begin(request: IncomingMessage, response: ServerResponse): { start: number; end: number } {
    const { start, end } = rangeOf(request);
    response.writeHead(206, {
      'content-range': `bytes ${start}-${end - 1}/${content.length}`,
      'content-length': end - start,
      etag: '"e1"',
    });
    return { start, end };
  }
});

function rangeOf(request: IncomingMessage): { start: number; end: number } {
  const [, start, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  return { start: Number(start), end: Number(last) + 1 };
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} it is.</Message></Error>`);
}

async function put(client: S3Client, bucket: string, key: string, body: Uint8Array): Promise<ObjectRef> {
  const { ETag, VersionId } = await client.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }),
  );
  return {
    bucket,
    key,
    versionId: VersionId ?? null,
    etag: (ETag ?? '').replaceAll('"', ''),
    sizeBytes: body.length,
    sequencer: null,
  };
}

async function read(
  client: S3Client,
  object: ObjectRef,
  start: number,
  end: number,
  clock: Clock = testClock(),
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of s3Source({ client, clock }).read(object, start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Short sleeps, between attempts, take no time; long ones, which bound a silence, last until the test says so. */
function testClock(): Clock & { slept: number[]; fallSilent(): void } {
  const slept: number[] = [];
  const silences = new Set<() => void>();
  return {
    slept,
    now: () => 0,
    monotonic: () => 0,
    random: () => 0.9,
    async sleep(ms, signal) {
      if (ms < 20_000) {
        slept.push(ms);
        return;
      }
      await new Promise<void>((resolve) => {
        silences.add(resolve);
        signal?.addEventListener('abort', () => {
          silences.delete(resolve);
          resolve();
        });
      });
    },
    fallSilent() {
      for (const end of silences) end();
    },
  };
}
