import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDatasetsDocument } from '../../src/lambda/datasets-document.ts';

/** What the bucket holds, by path. */
const objects = new Map<string, string>();
let server: Server;
let client: S3Client;

beforeEach(async () => {
  objects.clear();
  server = createServer((request, response) => {
    const body = objects.get(new URL(request.url!, 'http://localhost').pathname);
    if (body === 'denied') {
      response.writeHead(403, { 'content-type': 'application/xml' });
      return void response.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
    }
    if (body !== undefined) return void response.end(body);
    response.writeHead(404, { 'content-type': 'application/xml' });
    response.end('<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  });
});

afterEach(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const place = { bucket: 'sluice-code', key: 'datasets-1.json' };
const read = () => readDatasetsDocument(client, place);

describe('the datasets document', () => {
  it('gives the datasets', async () => {
    objects.set(
      '/sluice-code/datasets-1.json',
      JSON.stringify({ people: { source: { prefix: 'people/' }, table: { partition_key: 'id' } } }),
    );
    expect(await read()).toMatchObject([{ name: 'people', source: { prefix: 'people/', suffix: '.csv' } }]);
  });

  it('is missed by name where it is not there', async () => {
    await expect(read()).rejects.toMatchObject({
      code: 'configuration-invalid',
      message: expect.stringContaining(
        's3://sluice-code/datasets-1.json cannot be read (The specified key does not exist.)',
      ) as string,
    });
  });

  it('is not for everybody', async () => {
    objects.set('/sluice-code/datasets-1.json', 'denied');
    await expect(read()).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('s3:GetObject on arn:aws:s3:::sluice-code/datasets-1.json') as string,
    });
  });

  it('is refused where it is not JSON', async () => {
    objects.set('/sluice-code/datasets-1.json', 'people: {}');
    await expect(read()).rejects.toMatchObject({ code: 'configuration-invalid' });
  });

  it('is refused where it describes no dataset', async () => {
    objects.set('/sluice-code/datasets-1.json', '{"people":{}}');
    await expect(read()).rejects.toMatchObject({ code: 'dataset-invalid' });
  });
});
