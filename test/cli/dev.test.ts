import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { startLocal, temporaryFolder } from '../local/local-clients.ts';
import { sluice, startSluice } from '../support/cli.ts';

const root = join(import.meta.dirname, '../..');
const hints = 'Ctrl-C stops; the data stays.';

test('dev starts, loads the sample, says what became of it and where the rows are, and stops cleanly', async () => {
  const data = join(await temporaryFolder(), 'data');
  const dev = startSluice(['dev', '--port=0', `--data=${data}`, '--sample'], { cwd: root });
  const screen = await dev.printed(hints);
  const [, url] = /^Sluice's local stack is at (http:\/\/127\.0\.0\.1:\d+), its data in (.*)\/\.$/m.exec(
    screen,
  )!;
  expect(screen).toContain('  people: s3://sluice-source/people/*.csv → table sluice-people\n');
  expect(screen).toMatch(
    /people\/people\.csv: done, rows: read 1,000 = loaded 995 \+ skipped 0 \+ rejected 5; items: made 995 = written 99[45]/,
  );
  expect(screen).toMatch(
    /rejected rows, with reasons:\n +s3:\/\/sluice-results\/rejects\/people\/[0-9a-f]{20}\/0-/,
  );
  expect(screen).toContain('197,age,number-invalid,"""unknown"" is not a number",p0150');
  expect(screen).toContain(`AWS_ENDPOINT_URL=${url}\n  aws s3 cp FILE.csv s3://sluice-source/people/\n`);
  expect(screen).toContain('  aws dynamodb scan --table-name sluice-people --max-items 3\n');
  expect(await nameOf(url!, 'p0001')).toBe(
    (await readFile(join(root, 'samples/people.csv'), 'utf8')).split('\n')[1]!.split(',')[1],
  );

  const children = childrenOf(dev.pid);
  expect(children.length).toBeGreaterThan(0);
  dev.signal('SIGINT');
  const { code, stdout, stderr } = await dev.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`Stopped. The data is in ${data}.\n`);
  for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH');

  const again = startSluice(['dev', '--port=0', `--data=${data}`, '--sample'], { cwd: root });
  const second = await again.printed(hints);
  expect(second).toContain(
    'samples/people.csv was loaded by an earlier start.\n  rows: read 1,000 = loaded 995',
  );
  expect(second).not.toContain('people/people.csv: done');
  again.signal('SIGTERM');
  expect((await again.ended).code).toBe(0);
});

test('dev on a taken port says so, and how to take another', async () => {
  const { port } = await startLocal();
  const data = await temporaryFolder();
  const { code, stdout, stderr } = await sluice(['dev', `--port=${port}`, `--data=${data}`], { cwd: root });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(`sluice: Port ${port} of 127.0.0.1 is in use`);
  expect(stderr).toMatch(/--port\. \(port-taken\)\n$/);
});

test.each(['x', '65536'])('dev refuses the port %s', async (port) => {
  const { code, stderr } = await sluice(['dev', `--port=${port}`], { cwd: root });
  expect(code).toBe(1);
  expect(stderr).toContain(`--port must be a number from 0 to 65535, not '${port}'. (configuration-invalid)`);
});

test('dev with a data folder that is a file says so', async () => {
  const data = join(await temporaryFolder(), 'data');
  await writeFile(data, '');
  const { code, stdout, stderr } = await sluice(['dev', '--port=0', `--data=${data}`], { cwd: root });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^sluice: The local stack cannot store its data in .*data.* --data\. \(configuration-invalid\)\n$/,
  );
});

test('dev without a built function says how to build it', async () => {
  const copy = join(await temporaryFolder(), 'copy');
  await mkdir(copy);
  for (const name of ['src', 'local', 'datasets', 'package.json']) {
    await cp(join(root, name), join(copy, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const { code, stderr } = await sluice(['dev', '--port=0'], {
    cwd: copy,
    main: join(copy, 'src/cli/main.ts'),
  });
  expect(code).toBe(1);
  expect(stderr).toBe(
    'sluice: The function is not built: dist/lambda is missing. Run: npm run build (configuration-invalid)\n',
  );
});

async function nameOf(endpoint: string, id: string): Promise<string | undefined> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  onTestFinished(() => client.destroy());
  const { Item } = await client.send(
    new GetItemCommand({ TableName: 'sluice-people', Key: { id: { S: id } } }),
  );
  return Item?.['name']?.S;
}

function childrenOf(pid: number): number[] {
  const text = execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return text.trim().split('\n').map(Number);
}
