import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { release, releaseChangelog } from '../../scripts/release.ts';

const root = join(import.meta.dirname, '../..');
const before = `# Changelog\n\n## [Unreleased]\n\n### Added\n- Gates.\n\n## [0.1.0] - 2026-01-02\n\n- First.\n`;

describe('releaseChangelog', () => {
  it('moves what is unreleased under the version, and keeps earlier versions', () => {
    const { changelog, notes } = releaseChangelog(before, '0.2.0', '2026-03-04');
    expect(changelog).toBe(
      `# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-03-04\n\n### Added\n- Gates.\n\n## [0.1.0] - 2026-01-02\n\n- First.\n`,
    );
    expect(notes).toBe('# Sluice 0.2.0 (2026-03-04)\n\n### Added\n- Gates.\n');
  });

  it('takes a changelog whose only section is the unreleased one', () => {
    const { changelog } = releaseChangelog('## [Unreleased]\n- Gates.\n', '1.0.0-rc.1', '2026-03-04');
    expect(changelog).toBe('## [Unreleased]\n\n## [1.0.0-rc.1] - 2026-03-04\n\n- Gates.\n');
  });

  it.each([
    ['a version that is none', before, 'v1.0', "'v1.0' is not a semantic version"],
    ['a version that is released', before, '0.1.0', 'already has a section for 0.1.0'],
    ['nothing to release', '## [Unreleased]\n\n## [0.1.0]\n- First.\n', '0.2.0', 'has no text under'],
    ['no unreleased section', '## [0.1.0]\n- First.\n', '0.2.0', 'has no section'],
  ])('refuses %s', (_, changelog, version, message) => {
    expect(() => releaseChangelog(changelog, version, '2026-03-04')).toThrow(message);
  });
});

describe('release', () => {
  const made: string[] = [];
  afterEach(async () => {
    for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  it('writes artefacts whose checksums hold, and sets the version in the tree', async () => {
    const tree = await mkdtemp(join(tmpdir(), 'sluice-release-'));
    made.push(tree);
    for (const part of [
      'src',
      'scripts',
      'datasets',
      'CHANGELOG.md',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
    ])
      await cp(join(root, part), join(tree, part), { recursive: true });
    await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));

    const folder = await release(tree, join(tree, 'release'), '9.8.7', '2026-03-04');

    expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })).toContain(
      'lambda.zip: OK',
    );
    expect(await readFile(join(tree, 'CHANGELOG.md'), 'utf8')).toContain('## [9.8.7] - 2026-03-04');
    for (const file of ['package.json', 'package-lock.json'])
      expect(JSON.parse(await readFile(join(tree, file), 'utf8'))).toMatchObject({ version: '9.8.7' });
  });
});
