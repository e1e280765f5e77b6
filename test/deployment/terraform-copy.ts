import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { resolveFolder } from '../../scripts/resolve-datasets.ts';

/** The tree's Terraform in a folder of its own, so that neither state nor providers are left in the tree. */
export type TerraformCopy = {
  /** Writes datasets' documents (texts by file name) and resolves the folder, as the build does. */
  setDatasets(datasets: Readonly<Record<string, string>>): Promise<void>;
  /** Answers what Terraform wrote. Throws, with all of that, where it ends with another exit code than `exitCode` (0). */
  run(commandLine: readonly string[], exitCode?: number): Promise<string>;
  remove(): Promise<void>;
};

const exec = promisify(execFile);

/** Where a machine without the registry has its providers; see the script itself. */
const environmentScript = join(import.meta.dirname, '../../../shared/tools/terraform-env.sh');

/**
 * Copies `root`'s Terraform and datasets, `datasets` (texts by file name) beside these, and `zip` to where the modules look
 * for it. The provider's calls go to `environment`'s AWS_ENDPOINT_URL.
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
  await cp(join(options.root, 'datasets'), join(folder, 'datasets'), { recursive: true });
  await mkdir(join(folder, 'dist'));
  await setDatasets(options.datasets);
  await cp(options.zip, join(folder, 'dist/lambda.zip'));
  // Buckets have no host names of their own here; and a call that the emulator can't answer must not be repeated for minutes.
  await writeFile(
    join(terraform, 'deployment_override.tf'),
    'provider "aws" {\n  s3_use_path_style = true\n  max_retries       = 2\n}\n',
  );
  // The script puts its configuration file into TMPDIR, which goes with the folder.
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
    for (const [name, text] of Object.entries(datasets))
      await writeFile(join(folder, 'datasets', name), text);
    await resolveFolder(join(folder, 'datasets'), join(folder, 'dist/datasets.json'));
  }
}

/** Not what Terraform leaves behind. */
function isOurs(path: string): boolean {
  return !/^(\.terraform.*|.*\.tfstate.*)$/.test(basename(path));
}
