import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamoConnection } from '../../src/aws/connection.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };
const before = { ...process.env };
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

afterEach(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, before);
  await rm(folder, { recursive: true });
});

function connect(environment: Record<string, string>, config: DynamoDBClientConfig = {}) {
  Object.assign(process.env, environment);
  return dynamoConnection(new DynamoDBClient(config), 'people');
}

describe('dynamoConnection', () => {
  it.each([
    ['the region’s endpoint', {}, 'https://dynamodb.eu-west-1.amazonaws.com/'],
    ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566/'],
    [
      'AWS_ENDPOINT_URL_DYNAMODB before it',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000/path' },
      'http://127.0.0.1:8000/path/',
    ],
    ['FIPS endpoints', { AWS_USE_FIPS_ENDPOINT: 'true' }, 'https://dynamodb-fips.eu-west-1.amazonaws.com/'],
    [
      'the account’s own endpoint',
      { AWS_ACCOUNT_ID: '123456789012' },
      'https://123456789012.ddb.eu-west-1.amazonaws.com/',
    ],
  ])('finds %s as the SDK does', async (_, environment, endpoint) => {
    const connection = await connect({ ...keys, AWS_REGION: 'eu-west-1', ...environment });
    expect(connection).toMatchObject({ region: 'eu-west-1', endpoint });
    expect(await connection.credentials()).toMatchObject({ accessKeyId: 'AKID', secretAccessKey: 'secret' });
  });

  it('reads a profile’s region, endpoint and credentials', async () => {
    await writeFile(
      join(folder, 'config'),
      '[profile work]\nregion = us-west-2\nendpoint_url = http://127.0.0.1:9000\naws_access_key_id = PROFILED\naws_secret_access_key = s\naws_session_token = t\n',
    );
    const connection = await connect({ AWS_PROFILE: 'work' });
    expect(connection).toMatchObject({ region: 'us-west-2', endpoint: 'http://127.0.0.1:9000/' });
    expect(await connection.credentials()).toMatchObject({ accessKeyId: 'PROFILED', sessionToken: 't' });
  });

  it('takes what the client was given in code', async () => {
    const connection = await connect(keys, { region: 'eu-north-1', endpoint: 'http://127.0.0.1:1234' });
    expect(connection).toMatchObject({ region: 'eu-north-1', endpoint: 'http://127.0.0.1:1234/' });
  });

  it('hands the wish for fresh credentials on to the provider', async () => {
    let count = 0;
    const credentials = async () => ({ accessKeyId: `KEY${++count}`, secretAccessKey: 's' });
    const connection = await connect({}, { region: 'eu-north-1', credentials });
    const first = await connection.credentials();
    expect(await connection.credentials()).toMatchObject({ accessKeyId: first.accessKeyId });
    const fresh = await connection.credentials({ forceRefresh: true });
    expect(fresh.accessKeyId).not.toBe(first.accessKeyId);
  });

  it('says so where there is no region', async () => {
    await expect(connect(keys)).rejects.toMatchObject({
      code: 'configuration-invalid',
      message: expect.stringContaining('AWS_REGION'),
    });
  });

  it('says so where there are no credentials', async () => {
    await expect(connect({ AWS_REGION: 'eu-west-1' })).rejects.toMatchObject({ code: 'credentials-missing' });
  });
});
