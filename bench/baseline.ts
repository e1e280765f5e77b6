import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Contender, medianRatio, runLoads } from './load-runs.ts';
import { type Measure, measure } from './measure.ts';
import { peopleText } from './people.ts';
import { writePieces } from './text-file.ts';

const root = join(import.meta.dirname, '..');

/**
 * The people file, loaded in turns by this code and by that of a commit, on the same machine with the same packages. Throws if git
 * does not know the commit.
 */
export async function measureBaseline(
  options: { commit: string; rounds: number; rows: number },
  folder: string,
  tell: (line: string) => void,
): Promise<readonly Measure[]> {
  const { commit, rounds, rows } = options;
  const checkout = join(folder, 'baseline');
  execFileSync('git', ['worktree', 'add', '--detach', checkout, commit], { cwd: root, stdio: 'ignore' });
  try {
    await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
    const file = join(folder, 'baseline.csv');
    await writePieces(file, peopleText({ rows }));
    const now: Contender = { name: 'people', script: 'engine-load.ts', file, rows, endpoint: {} };
    const before: Contender = { ...now, name: `people, at ${commit}`, root: checkout };
    const [nowRuns, beforeRuns] = await runLoads([now, before], rounds, tell);
    const share = 100 * medianRatio(nowRuns!, beforeRuns!);
    return [measure('share-of-baseline', `people file, to commit ${commit}`, share, '%', { atLeast: 97 })];
  } finally {
    execFileSync('git', ['worktree', 'remove', '--force', checkout], { cwd: root, stdio: 'ignore' });
  }
}
