import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import { readDatasetsDocument } from '../../src/lambda/datasets-document.ts';

/** What the bucket holds, by path. */
const objects = new Map<string, string>();
let server: Server;
let client: S3Client;

beforeEach(async () => {
  objects.clear();
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    const body = objects.get(`${pathname} ${searchParams.get('versionId')}`);
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

const place = { bucket: 'sluice-code', key: 'datasets/resolved.json', version: 'v1' };
const path = '/sluice-code/datasets/resolved.json v1';
const read = () => readDatasetsDocument(client, place);
const people = parseDataset('people', { source: { prefix: 'people/' }, table: { partition_key: 'id' } });

describe('the datasets document', () => {
  it('gives the datasets as they were resolved, of the version that is asked for', async () => {
    objects.set(path, JSON.stringify({ datasets: [people] }));
    objects.set(path.replace('v1', 'v2'), JSON.stringify({ datasets: [] }));
    expect(await read()).toEqual([people]);
  });

  it('gives the others where one was resolved by another version of Sluice', async () => {
    const table = { ...people.table, partition_key: ['id'] };
    objects.set(path, JSON.stringify({ datasets: [{ ...people, name: 'future', table }, people] }));
    expect(await read()).toMatchObject([{ name: 'future', problem: { code: 'dataset-invalid' } }, people]);
  });

  it('is missed by name where there is none', async () => {
    await expect(read()).rejects.toMatchObject({
      code: 'configuration-invalid',
      message: expect.stringContaining(
        's3://sluice-code/datasets/resolved.json (version v1) cannot be read: The specified key does not exist.',
      ) as string,
    });
  });

  it('is not for everybody', async () => {
    objects.set(path, 'denied');
    await expect(read()).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining(
        's3:GetObjectVersion on arn:aws:s3:::sluice-code/datasets/resolved.json',
      ) as string,
    });
  });

  it.each(['people: {}', '{"people":{}}', '[]', 'null', ''])('is refused where it is %j', async (body) => {
    objects.set(path, body);
    await expect(read()).rejects.toMatchObject({ code: 'configuration-invalid' });
  });
});
