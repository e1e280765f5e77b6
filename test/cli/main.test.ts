import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sluice } from '../support/cli.ts';

test('--help says what there is to do', async () => {
  const { code, stdout, stderr } = await sluice(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: sluice \[options\] \[command\]/);
  for (const command of ['dev', 'load']) expect(stdout).toMatch(new RegExp(`^  ${command} .*\\w{3}`, 'm'));
});

test('--help of load names the exit codes, and how to go on with an interrupted one', async () => {
  const { code, stdout } = await sluice(['load', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(
    'Exit codes: 0 done, 3 done with rejected rows, 1 failed or not started, 130 stopped by Ctrl-C',
  );
  expect(stdout).toContain('the same command resumes from there');
  for (const option of ['--dataset <name>', '--datasets <folder>', '--aws', '--endpoint <url>', '--json'])
    expect(stdout).toContain(option);
});

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };
  expect(await sluice(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  ['an unknown command', ['lod'], "unknown command 'lod'"],
  ['an unknown option', ['load', 'a.csv', '--dataset=a', '--jsn'], "unknown option '--jsn'"],
  ['a load of no dataset', ['load', 'a.csv'], "required option '--dataset <name>' not specified"],
])('%s exits with 1, and says what is wrong', async (_, args, sentence) => {
  const { code, stdout, stderr } = await sluice(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(sentence);
});
