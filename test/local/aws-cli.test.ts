import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './local-clients.ts';
import { startWithBucket } from './s3/with-bucket.ts';

const run = promisify(execFile);
const isMissing = spawnSync('aws', ['--version']).status !== 0;

describe.skipIf(isMissing)(`the aws CLI${isMissing ? ' (skipped: there is no command aws)' : ''}`, () => {
  test('uploads, downloads, lists, shows and deletes a file', async () => {
    const { aws, Bucket, events } = await startWithCli();
    const folder = await temporaryFolder();
    const text = 'id,name\n1,Zoë\n';
    await writeFile(join(folder, 'größe + 1.csv'), text);
    await aws('s3', 'cp', join(folder, 'größe + 1.csv'), `s3://${Bucket}/people/`);
    expect(events.map(({ eventName, s3 }) => [eventName, s3.object.key])).toEqual([
      ['ObjectCreated:Put', 'people/gr%C3%B6%C3%9Fe+%2B+1.csv'],
    ]);
    expect(await aws('s3', 'ls', `s3://${Bucket}`)).toContain('PRE people/');
    expect(await aws('s3', 'ls', `s3://${Bucket}/people/`)).toMatch(/ 15 größe \+ 1\.csv/);
    expect(await aws('s3', 'cp', `s3://${Bucket}/people/größe + 1.csv`, '-')).toBe(text);
    await aws('s3', 'cp', `s3://${Bucket}/people/größe + 1.csv`, `s3://${Bucket}/copy.csv`);
    expect(await aws('s3', 'cp', `s3://${Bucket}/copy.csv`, '-')).toBe(text);
    await aws('s3', 'rm', `s3://${Bucket}`, '--recursive');
    expect(await aws('s3', 'ls', `s3://${Bucket}`, '--recursive').catch(() => '')).toBe('');
  });

  test('uploads 20 MB in parts, and downloads the same bytes', async () => {
    const { aws, s3, Bucket, events } = await startWithCli();
    const folder = await temporaryFolder();
    const bytes = randomBytes(20_000_000);
    await writeFile(join(folder, 'big.csv'), bytes);
    await aws('s3', 'cp', join(folder, 'big.csv'), `s3://${Bucket}/big.csv`);
    expect(events.map(({ eventName }) => eventName)).toEqual(['ObjectCreated:CompleteMultipartUpload']);
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'big.csv' }));
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    await aws('s3', 'cp', `s3://${Bucket}/big.csv`, join(folder, 'back.csv'));
    expect(bytes.equals(await readFile(join(folder, 'back.csv')))).toBe(true);
    // In parts too: the CLI copies ranges, then asks for the source's tags.
    await aws('s3', 'cp', `s3://${Bucket}/big.csv`, `s3://${Bucket}/copy.csv`);
    const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'copy.csv' }));
    expect(ContentLength).toBe(20_000_000);
  });

  test('syncs a folder', async () => {
    const { aws, s3, Bucket } = await startWithCli();
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'sub'));
    for (const name of ['a', 'b', 'sub/c']) await writeFile(join(folder, name), name);
    await aws('s3', 'sync', folder, `s3://${Bucket}/to`);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['to/a', 'to/b', 'to/sub/c']);
    expect(await aws('s3', 'sync', folder, `s3://${Bucket}/to`)).toBe('');
  });

  test('uses versions and conditions as in S3', async () => {
    const { aws, Bucket } = await startWithCli();
    const put = (...more: string[]) => aws('s3api', 'put-object', '--bucket', Bucket, '--key', 'k', ...more);
    await aws(
      's3api',
      'put-bucket-versioning',
      '--bucket',
      Bucket,
      '--versioning-configuration',
      'Status=Enabled',
    );
    const { VersionId } = JSON.parse(await put()) as { VersionId: string };
    const listed = await aws('s3api', 'list-object-versions', '--bucket', Bucket);
    expect(JSON.parse(listed)).toMatchObject({ Versions: [{ Key: 'k', VersionId, IsLatest: true }] });
    await expect(put('--if-none-match', '*')).rejects.toThrow('PreconditionFailed');
    await expect(
      aws('s3api', 'put-object-tagging', '--bucket', Bucket, '--key', 'k', '--tagging', 'TagSet=[]'),
    ).rejects.toThrow('NotImplemented');
  });

  test('sends and receives messages, and reads tables', async () => {
    const { aws } = await startWithCli();
    const { QueueUrl } = JSON.parse(await aws('sqs', 'create-queue', '--queue-name', 'work')) as {
      QueueUrl: string;
    };
    await aws('sqs', 'send-message', '--queue-url', QueueUrl, '--message-body', 'hello');
    const received = await aws('sqs', 'receive-message', '--queue-url', QueueUrl);
    expect(JSON.parse(received)).toMatchObject({ Messages: [{ Body: 'hello' }] });
    await expect(aws('sqs', 'get-queue-url', '--queue-name', 'none')).rejects.toThrow(
      'AWS.SimpleQueueService.NonExistentQueue',
    );
    expect(JSON.parse(await aws('dynamodb', 'list-tables'))).toEqual({ TableNames: [] });
  });
});

async function startWithCli() {
  const local = await startWithBucket();
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    LC_ALL: 'C.UTF-8',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
  };
  const aws = async (...args: string[]): Promise<string> =>
    (await run('aws', ['--endpoint-url', local.url, '--output', 'json', ...args], { env })).stdout;
  return { ...local, aws };
}
