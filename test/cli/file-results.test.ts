import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { fileResults } from '../../src/cli/file-results.ts';
import { describeResults } from '../conformance/results-suite.ts';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describeResults('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-results-'));
  return {
    results: fileResults(folder),
    read: (where) => readFile(where),
    close: () => rm(folder, { recursive: true }),
  };
});
