import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.ts';

const UNRELEASED = '## [Unreleased]';
/** "Backus–Naur Form Grammar for Valid SemVer Versions", semver.org, without build metadata: npm drops that. */
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

/**
 * Turns the changelog's section `[Unreleased]` into that of a version, with an empty one above it. `notes` are the section's
 * text. Throws if the section is missing or empty, or if the version has a section already. `date` is `YYYY-MM-DD`.
 */
export function releaseChangelog(
  changelog: string,
  version: string,
  date: string,
): { changelog: string; notes: string } {
  if (!VERSION.test(version)) {
    throw new Error(`'${version}' is not a semantic version. Write for example 0.2.0 or 1.0.0-rc.1.`);
  }
  if (changelog.includes(`## [${version}]`)) {
    throw new Error(`CHANGELOG.md already has a section for ${version}. Choose the next version.`);
  }
  const start = changelog.indexOf(UNRELEASED);
  if (start < 0) throw new Error(`CHANGELOG.md has no section '${UNRELEASED}'.`);
  const bodyStart = start + UNRELEASED.length;
  const next = changelog.indexOf('\n## [', bodyStart);
  const bodyEnd = next < 0 ? changelog.length : next + 1;
  const notes = changelog.slice(bodyStart, bodyEnd).trim();
  if (notes === '') {
    throw new Error(
      `CHANGELOG.md has no text under '${UNRELEASED}'. Write what changed since the last version.`,
    );
  }
  const released = `${UNRELEASED}\n\n## [${version}] - ${date}\n\n${notes}\n`;
  const rest = changelog.slice(bodyEnd);
  return {
    changelog: changelog.slice(0, start) + released + (rest === '' ? '' : `\n${rest}`),
    notes: `# Sluice ${version} (${date})\n\n${notes}\n`,
  };
}

/**
 * Builds the artefacts of a version into `OUT/sluice-VERSION/` (the function's zip, the version's part of the changelog,
 * checksums), and sets the version in `CHANGELOG.md`, `package.json` and `package-lock.json` of the tree at `root`. It commits
 * and publishes nothing. Returns the artefacts' folder.
 */
export async function release(root: string, outDir: string, version: string, date: string): Promise<string> {
  const { changelog, notes } = releaseChangelog(
    await readFile(join(root, 'CHANGELOG.md'), 'utf8'),
    version,
    date,
  );
  const { zipPath } = await build(root, join(root, 'dist'));
  const folder = join(outDir, `sluice-${version}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await copyFile(zipPath, join(folder, 'lambda.zip'));
  await writeFile(join(folder, 'CHANGELOG.md'), notes);
  const sums = await Promise.all(
    ['CHANGELOG.md', 'lambda.zip'].map(async (name) => {
      const digest = createHash('sha256').update(await readFile(join(folder, name)));
      return `${digest.digest('hex')}  ${name}\n`;
    }),
  );
  await writeFile(join(folder, 'SHA256SUMS'), sums.join(''));
  await writeFile(join(root, 'CHANGELOG.md'), changelog);
  execFileSync('npm', ['version', version, '--no-git-tag-version', '--allow-same-version'], {
    cwd: root,
    stdio: 'ignore',
  });
  return folder;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const root = dirname(import.meta.dirname);
  const [version = '', out = join(root, 'release')] = process.argv.slice(2);
  const date = new Date().toISOString().slice(0, 10);
  try {
    const folder = await release(root, out, version, date);
    console.log(`Wrote ${relative('.', folder)}. Check CHANGELOG.md and package.json, then commit and tag:

  git commit -am "Release ${version}" && git tag v${version}`);
  } catch (error) {
    console.error(`release: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
