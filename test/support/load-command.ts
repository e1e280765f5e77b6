import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { datasetTableDefinition, ensureTable, ledgerTableDefinition } from '../../local/tables.ts';
import { parseDataset } from '../../src/core/dataset/dataset.ts';
import type { ImportRecord } from '../../src/core/imports/import.ts';
import { type Local, startLocal, temporaryFolder } from '../local/local-clients.ts';
import type { CommandEnding } from './cli.ts';

export const things = {
  source: { prefix: 'things/' },
  columns: { n: { type: 'number' } },
  table: { partition_key: 'id' },
};

/** An endpoint with tables, a folder with datasets, and the command's arguments for both. */
export async function setUpLoad() {
  const local = await startLocal();
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'datasets'));
  await writeFile(join(folder, 'datasets/things.yaml'), JSON.stringify(things));
  await Promise.all([
    ensureTable(local.dynamodb, ledgerTableDefinition('test-ledger')),
    ensureTable(local.dynamodb, datasetTableDefinition(parseDataset('things', things), 'test-')),
  ]);
  const write = async (text: string | Uint8Array, name = 'file.csv'): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const args = (file: string, ...more: string[]): string[] => [
    'load',
    file,
    '--dataset=things',
    `--endpoint=${local.url}`,
    '--name=test',
    `--datasets=${join(folder, 'datasets')}`,
    `--results=${join(folder, 'results')}`,
    ...more,
  ];
  return { local, folder, write, args };
}

export async function countItems({ dynamodb }: Local): Promise<number> {
  const { Count = 0 } = await dynamodb.send(new ScanCommand({ TableName: 'test-things', Select: 'COUNT' }));
  return Count;
}

/** Standard output must be one line of JSON and nothing else; standard error empty. */
export function jsonOf({ stdout, stderr }: CommandEnding): unknown {
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^[^\n]+\n$/);
  return JSON.parse(stdout);
}

/** What `--json` prints of the only file. */
export function importOf(ending: CommandEnding): ImportRecord & { rejects: string[]; report: string | null } {
  const { files } = jsonOf(ending) as {
    files: { import: ImportRecord; rejects: string[]; report: string | null }[];
  };
  expect(files).toHaveLength(1);
  const [{ import: record, rejects, report }] = files as [(typeof files)[0]];
  return { ...record, rejects, report };
}
