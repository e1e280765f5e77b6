import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { terminalText } from '../../src/cli/terminal.ts';
import { temporaryFolder } from '../local/local-clients.ts';
import { sluice, startSluice } from '../support/cli.ts';

const root = join(import.meta.dirname, '../..');

test.each([
  ['an escape sequence', 'a\u001b[2Jb.csv', String.raw`a\u001b[2Jb.csv`],
  ['a one-byte control sequence of C1', 'a\u009b31mb', String.raw`a\u009b31mb`],
  ['line breaks', 'a\r\nb\u0085c\u2028d\u2029e', String.raw`a\r\nb\u0085c\u2028d\u2029e`],
  ['a tab, a bell, a backspace and DEL', '\t\u0007\b\u007f', String.raw`\t\u0007\u0008\u007f`],
  [
    'a name that bidirectional controls turn around',
    'x\u202evsc.exe\u202c',
    String.raw`x\u202evsc.exe\u202c`,
  ],
  ['isolates and marks', '\u2066a\u2069\u200f\u061c', String.raw`\u2066a\u2069\u200f\u061c`],
])('%s is shown, not obeyed', (_, text, shown) => {
  expect(terminalText(text)).toBe(shown);
});

test('other text stays as it is: umlauts, Arabic, emoji, backslashes, quotes', () => {
  const text = String.raw`größe "1" C:\data\ملف 👩‍🔬.csv`;
  expect(terminalText(text)).toBe(text);
});

test('a line of JSON means the same afterwards', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = terminalText(JSON.stringify({ text }));
      expect(shown).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(JSON.parse(shown)).toEqual({ text });
    }),
  );
});

const hostile = 'x\u001b]0;gone\u0007\u009b2J\u202e';
const control = /[^\P{Cc}\n]|\p{Bidi_Control}/u;

test.each([
  ['an error', []],
  ['an error as JSON', ['--json']],
])('%s of the command names a hostile file without its control characters', async (_, more) => {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, 'datasets'));
  await writeFile(join(cwd, 'datasets/a.yaml'), 'source: { prefix: a/ }\ntable: { partition_key: id }\n');
  const { code, stdout, stderr } = await sluice(['load', `${hostile}.csv`, '--dataset', 'a', ...more], {
    cwd,
  });
  expect(code).toBe(1);
  expect(stdout + stderr).toContain(String.raw`x\u001b]0;gone\u0007\u009b2J\u202e.csv`);
  expect(stdout + stderr).not.toMatch(control);
});

test('a wrong command line is told without its control characters', async () => {
  const { stderr } = await sluice([hostile]);
  expect(stderr).toContain(String.raw`unknown command 'x\u001b]0;gone\u0007\u009b2J\u202e'`);
  expect(stderr).not.toMatch(control);
});

test("the development stack's log and status show a hostile key without its control characters", async () => {
  const data = join(await temporaryFolder(), 'data');
  const dev = startSluice(['dev', '--port=0', `--data=${data}`], { cwd: root });
  const [, endpoint] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(await dev.printed('Ctrl-C stops'))!;
  const s3 = new S3Client({
    endpoint: endpoint!,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'a' },
    forcePathStyle: true,
  });
  onTestFinished(() => s3.destroy());
  const Key = `people/${hostile}\nother.csv: done.csv`;
  await s3.send(
    new PutObjectCommand({ Bucket: 'sluice-source', Key, Body: 'id,age,height_m,active\n1,2,3,yes\n' }),
  );
  const shown = String.raw`people/x\u001b]0;gone\u0007\u009b2J\u202e\nother.csv: done.csv`;
  const log = await dev.printed(shown);
  const status = await sluice(['status', `--endpoint=${endpoint}`], { cwd: root });
  expect(status.stdout).toContain(shown);
  const json = await sluice(['status', `--endpoint=${endpoint}`, '--json'], { cwd: root });
  expect(JSON.parse(json.stdout)).toMatchObject({ imports: [{ object: { key: Key } }] });
  for (const text of [log, status.stdout, json.stdout]) expect(text).not.toMatch(control);
}, 120_000);

test('a command ends quietly when the reader of its output has closed it', async () => {
  const terminal = pathToFileURL(join(import.meta.dirname, '../../src/cli/terminal.ts')).href;
  const script = `const { exitOnClosedOutput, print } = await import('${terminal}'); exitOnClosedOutput(); setInterval(() => print('line'), 5);`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args);
  let complaint = '';
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()));
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
});
