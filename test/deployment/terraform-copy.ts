import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { resolveFolder } from '../../scripts/resolve-datasets.ts';

/** A copy of the repository's Terraform, so that neither state nor providers are left in the repository. */
export type TerraformCopy = {
  /** Makes the folder of datasets that of the repository with these documents (texts by file name) added, and resolves it, as the build does. */
  setDatasets(datasets: Readonly<Record<string, string>>): Promise<void>;
  /** Returns Terraform's output. Throws with that output if the exit code is not `exitCode` (0). */
  run(commandLine: readonly string[], exitCode?: number): Promise<string>;
  remove(): Promise<void>;
};

const exec = promisify(execFile);

/** Optional: sets where Terraform finds its providers without the registry. */
const environmentScript = join(import.meta.dirname, '../../../shared/tools/terraform-env.sh');

/**
 * Copies `root`'s Terraform and datasets, adds `datasets` (texts by file name), and copies `zip` to the path that the modules
 * expect. The provider calls the AWS_ENDPOINT_URL of `environment`.
 */
export async function copyTerraform(options: {
  root: string;
  zip: string;
  datasets: Readonly<Record<string, string>>;
  environment: Readonly<Record<string, string>>;
}): Promise<TerraformCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-deployment-'));
  const terraform = join(folder, 'terraform');
  await cp(join(options.root, 'terraform'), terraform, { recursive: true, filter: isOurs });
  await mkdir(join(folder, 'dist'));
  await setDatasets(options.datasets);
  await cp(options.zip, join(folder, 'dist/lambda.zip'));
  // Buckets have no host names here, and the provider must not retry for minutes a call that the emulator does not support.
  await writeFile(
    join(terraform, 'deployment_override.tf'),
    'provider "aws" {\n  s3_use_path_style = true\n  max_retries       = 2\n}\n',
  );
  // The script writes its configuration file to TMPDIR, which is deleted with the folder.
  const env = { ...process.env, ...options.environment, TMPDIR: folder, TF_IN_AUTOMATION: '1' };

  return {
    setDatasets,
    async run(commandLine, exitCode = 0) {
      const script = '[ ! -f "$0" ] || . "$0"; exec terraform "$@"';
      const settings = { cwd: terraform, env, maxBuffer: 64 * 1024 * 1024 };
      let ended: { code?: unknown; stdout: string; stderr: string };
      try {
        ended = await exec('bash', ['-c', script, environmentScript, ...commandLine], settings);
      } catch (error) {
        ended = error as typeof ended;
      }
      if ((ended.code ?? 0) === exitCode) return ended.stdout;
      throw new Error(
        `terraform ${commandLine.join(' ')} ended with ${String(ended.code)}:\n${ended.stdout.slice(-4000)}\n${ended.stderr}`,
      );
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };

  async function setDatasets(datasets: Readonly<Record<string, string>>): Promise<void> {
    await rm(join(folder, 'datasets'), { recursive: true, force: true });
    await cp(join(options.root, 'datasets'), join(folder, 'datasets'), { recursive: true });
    for (const [name, text] of Object.entries(datasets))
      await writeFile(join(folder, 'datasets', name), text);
    await resolveFolder(join(folder, 'datasets'), join(folder, 'dist/datasets.json'));
  }
}

/** Excludes the files that Terraform writes. */
function isOurs(path: string): boolean {
  return !/^(\.terraform.*|.*\.tfstate.*)$/.test(basename(path));
}
