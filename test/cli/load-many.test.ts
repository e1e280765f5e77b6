import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { dynamoLedger } from '../../src/aws/ledger/dynamo-ledger.ts';
import { importId } from '../../src/core/imports/import.ts';
import { startLocal, temporaryFolder } from '../local/local-clients.ts';
import { sluice, startSluice } from '../support/cli.ts';
import { gatedEndpoint } from '../support/gated-endpoint.ts';
import { countItems, importOf, jsonOf, setUpLoad } from '../support/load-command.ts';

/** A loading of two good files, one with a reject and one that fails between them. */
async function severalFiles() {
  const setting = await setUpLoad();
  const feed = join(setting.folder, 'feed');
  await mkdir(feed);
  const files = {
    'part-1.csv': 'id,n\na,1\n',
    'part-2.csv': 'name,n\nAnn,1\n',
    'part-3.csv': 'id,n\nb,x\nc,3\n',
    'part-10.csv': 'id,n\na,10\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(feed, name), text);
  return { ...setting, feed };
}

test('several files are loaded one after another, a failed one does not stop the next, and a summary ends them', async () => {
  const { local, feed, args } = await severalFiles();
  const { code, stdout, stderr } = await sluice(args(feed));
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  const places = [
    '1.csv: done in',
    '2.csv: failed: key-column-missing',
    '3.csv: done in',
    '10.csv: done in',
  ].map((text) => stdout.indexOf(`${join(feed, 'part-')}${text}`));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  const summary = `4 files: 2 done, 1 done with rejected rows, 1 failed
  rows: read 4 = loaded 3 + skipped 0 + rejected 1; items: made 3 = written 3
`;
  expect(stdout.slice(-summary.length)).toBe(summary);
  expect(await countItems(local)).toBe(2);
  // Natural order: the row of part-10 is later than that of part-1.
  const { Item } = await local.dynamodb.send(
    new GetItemCommand({ TableName: 'test-things', Key: { id: { S: 'a' } } }),
  );
  expect(Item?.['n']).toEqual({ N: '10' });
});

test('--json prints one object with what became of each file, and the total', async () => {
  const { feed, args } = await severalFiles();
  const ending = await sluice(args(join(feed, 'part-?.csv'), '--json'));
  expect(ending.code).toBe(1);
  expect(jsonOf(ending)).toMatchObject({
    files: [
      { file: join(feed, 'part-1.csv'), error: null, import: { status: 'done' }, rejects: [] },
      { import: { status: 'failed', failure: { code: 'key-column-missing' } } },
      { import: { status: 'done', faults: [{ code: 'number-invalid' }] }, rejects: [expect.any(String)] },
    ],
    total: {
      named: 3,
      done: 1,
      doneWithRejects: 1,
      failed: 1,
      interrupted: 0,
      notBegun: 0,
      counts: { read: 3, loaded: 2, rejected: 1 },
    },
  });
});

test('files with rejected rows only exit with 3, and a file that is named twice is loaded once', async () => {
  const { feed, args } = await severalFiles();
  const [one, three] = [join(feed, 'part-1.csv'), join(feed, 'part-3.csv')];
  const { code, stdout } = await sluice(args(one, three, one));
  expect(code).toBe(3);
  expect(stdout).toContain('2 files: 1 done, 1 done with rejected rows\n');
});

test('a file whose load cannot begin does not stop the next ones', async () => {
  const { local, feed, args } = await severalFiles();
  const ledger = dynamoLedger({ client: local.dynamodb, table: 'test-ledger' });
  const [one, three] = [join(feed, 'part-1.csv'), join(feed, 'part-3.csv')];
  const { id, object, dataset, ...others } = importOf(await sluice(args(one, '--json')));
  // The next load of the file has been begun into another dataset, and has not ended.
  const sequencer = '1';
  const next = { ...object, sequencer };
  await ledger.register({ ...others, id: importId(next), object: next, dataset: `${dataset}-2` }, [
    { startBytes: 0, endBytes: 10, startLine: 1 },
  ]);
  const { code, stdout, stderr } = await sluice(args(one, three));
  expect(code).toBe(1);
  expect(stderr).toMatch(/part-1\.csv: A load of .*part-1\.csv into dataset 'things-2' has not ended/);
  expect(stdout).toContain('2 files: 1 done with rejected rows, 1 failed\n');
  expect(id).not.toBe(importId(next));
});

test('where the deployment is at fault, the other files are not tried', async () => {
  const { feed, args } = await severalFiles();
  const { code, stdout, stderr } = await sluice(args(feed, '--name=other'));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^\S+part-1\.csv: .*other-ledger.*\(ledger-missing\)\n$/);
  expect(stdout).toContain('4 files: 1 failed, 3 not begun\n');
});

test('Ctrl-C stops at a checkpoint, and begins no other file', async () => {
  const { local, feed, args } = await severalFiles();
  const table = await gatedEndpoint(local.url, () => false);
  const stopped = startSluice(args(feed, '--endpoint', table.url));
  await table.until('BatchWriteItem', async () => true);
  stopped.signal('SIGINT');
  const { code, stdout } = await stopped.ended;
  expect(code).toBe(130);
  expect(stdout).toMatch(/part-1\.csv: stopped after 0 rows/);
  expect(stdout).toContain('4 files: 1 stopped, 3 not begun\n');
});

test('standard input is loaded, its size told, and the same bytes resume; nothing is left of it', async () => {
  const { local, args } = await setUpLoad();
  const env = { TMPDIR: await temporaryFolder() };
  const { code, stdout, stderr } = await sluice(args('-'), { env, stdin: 'id,n\na,1\nb,2\n' });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^standard input \(13 bytes\): done in /);
  expect(await countItems(local)).toBe(2);

  const table = await gatedEndpoint(local.url, () => false);
  const stopped = startSluice(args('-', '--endpoint', table.url), { env, stdin: 'id,n\nc,1\n' });
  await table.until('BatchWriteItem', async () => true);
  stopped.signal('SIGINT');
  expect(await stopped.ended).toMatchObject({
    code: 130,
    stdout: expect.stringContaining('resumes from there'),
  });
  const [interrupted] = await dynamoLedger({ client: local.dynamodb, table: 'test-ledger' }).listImports(
    'things',
    1,
  );
  const resumed = importOf(await sluice(args('-', '--json'), { env, stdin: 'id,n\nc,1\n' }));
  expect(resumed).toMatchObject({ id: interrupted!.id, status: 'done' });
  expect(await readdir(env.TMPDIR)).toEqual([]);
});

test('an empty standard input fails as an empty file does', async () => {
  const { args } = await setUpLoad();
  const { code, stdout } = await sluice(args('-'));
  expect(code).toBe(1);
  expect(stdout).toMatch(/^standard input \(0 bytes\): failed: empty-file: standard input /);
});

test('objects of S3 are loaded where they are, and status names them by their URL', async () => {
  const { local, args } = await setUpLoad();
  await local.s3.send(new CreateBucketCommand({ Bucket: 'feeds' }));
  for (const [Key, Body] of [
    ['in/2.csv', 'id,n\na,2\n'],
    ['in/10.csv', 'id,n\nb,10\n'],
  ] as const)
    await local.s3.send(new PutObjectCommand({ Bucket: 'feeds', Key, Body }));
  const { code, stdout } = await sluice(args('s3://feeds/in/'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^s3:\/\/feeds\/in\/2\.csv: done in .*^s3:\/\/feeds\/in\/10\.csv: done in /ms);
  expect(await countItems(local)).toBe(2);
  const shown = await sluice(['status', `--endpoint=${local.url}`, '--name=test']);
  expect(shown.stdout).toContain('  s3://feeds/in/10.csv\n');
});

test('S3 that cannot be reached ends the command before any file is loaded', async () => {
  const { feed, args } = await severalFiles();
  const { url, close } = await startLocal();
  await close();
  const { code, stdout, stderr } = await sluice(
    args(join(feed, 'part-1.csv'), 's3://feeds/in/', '--endpoint', url),
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/s3:ListBucket.*\(endpoint-unreachable\)/);
});
