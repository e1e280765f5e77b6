import { Command } from 'commander';
import { LOCAL_PORT, LOCAL_URL } from '../deployment/local-endpoint.ts';
import { print, printError } from './terminal.ts';

/**
 * The whole command line: its commands, their arguments and options. What a command does is imported when it is called, so that
 * `--help` and a wrong option do not wait for the AWS SDK.
 */
export function program(description: string, version: string): Command {
  const sluice = new Command('sluice')
    .description(description)
    .version(version)
    .configureOutput({
      writeOut: (text) => text.trimEnd().split('\n').forEach(print),
      writeErr: (text) => printError(text.trimEnd()),
    });
  addDev(sluice);
  addInfer(sluice);
  addCheck(sluice);
  addLoad(sluice);
  addStatus(sluice);
  addRetry(sluice);
  return sluice;
}

function addDev(sluice: Command): void {
  sluice
    .command('dev')
    .description('run the local stack: S3, SQS, DynamoDB and the built function, on one local port')
    .option('--port <number>', 'port on 127.0.0.1', String(LOCAL_PORT))
    .option('--data <folder>', 'folder for objects, tables and queues', '.sluice')
    .option('--datasets <folder>', 'folder of the dataset documents', 'datasets')
    .option('--name <name>', 'prefix of the names of buckets and tables', 'sluice')
    .option('--sample', 'load samples/people.csv', false)
    .option('--verbose', 'print all log lines of the function, unchanged', false)
    .action(async (options) => (await import('./dev.ts')).dev(options));
}

function addInfer(sluice: Command): void {
  const infer = sluice
    .command('infer')
    .description(
      'write the dataset document for a file: encoding, dialect, header and types, with the evidence',
    )
    .argument('<file>', "a file, '-' for standard input, or s3://bucket/key")
    .option(
      '--output <file>',
      'where to write the document; its name is the dataset (default: standard output)',
    )
    .option('--force', 'overwrite the output if it exists', false)
    .option('--sample <size>', 'read only the beginning of the file, for example 10mb');
  addDeploymentOptions(infer)
    .option('--json', 'print one JSON object with every step, and nothing else', false)
    .action(async (file, options) => (await import('./infer.ts')).inferFile(file, options));
}

function addCheck(sluice: Command): void {
  const check = sluice
    .command('check')
    .description("tell what a load of files would do, by the function's own engine, without writing anything")
    .argument('<files...>', 'files, folders, globs, - for standard input, or s3://bucket/key-or-prefix')
    .requiredOption('--dataset <name>', 'the dataset of the files')
    .option('--datasets <folder>', 'folder of the dataset documents', 'datasets')
    .option('--sample <rows>', 'read only about so many rows of each file; the output says so');
  addDeploymentOptions(check)
    .option('--json', 'print one JSON object, and nothing else', false)
    .addHelpText(
      'after',
      `
Neither AWS nor the local stack is needed, except for files in S3.
Exit codes: 0 every row can be loaded, 3 some rows would be rejected, 1 a file cannot be loaded, or the check failed.`,
    )
    .action(async (files, options) => (await import('./check.ts')).check(files, options));
}

function addLoad(sluice: Command): void {
  const load = sluice
    .command('load')
    .description("load files into a dataset's table, with the same engine as the Lambda function")
    .argument(
      '<files...>',
      'files, folders, globs, - for standard input, or s3://bucket/key-or-prefix; gzip and zstd are recognised',
    )
    .requiredOption('--dataset <name>', 'the dataset of the files')
    .option('--datasets <folder>', 'folder of the dataset documents', 'datasets');
  addDeploymentOptions(load)
    .option('--results <folder>', 'folder for rejects and reports', 'sluice-results')
    .option(
      '--behind-newer',
      'resume an interrupted load even if the dataset loads files in order and newer imports have begun',
      false,
    )
    .option('--json', 'print one JSON object at the end, and nothing else', false)
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 3 done with rejected rows, 1 failed or not started, 130 stopped by Ctrl-C, 143 by SIGTERM.
Of several files, the worst decides. They are loaded one after another, in the order of the arguments; those of a
folder, glob or prefix in natural order. A file that fails does not stop the next ones.
Ctrl-C writes a checkpoint and stops; the same command resumes from there. After a crash it first waits for the
lease of the dead process to expire (60 s).`,
    )
    .action(async (files, options) => (await import('./load.ts')).load(files, options));
}

function addStatus(sluice: Command): void {
  const status = sluice
    .command('status')
    .description('show the latest imports, or one of them with its chunks')
    .argument('[import]', "an import's id");
  addDeploymentOptions(status)
    .option('--dataset <name>', 'only imports of this dataset')
    .option('--limit <number>', 'maximum number of imports', '20')
    .option('--json', 'print one JSON object, and nothing else', false)
    .action(async (importId, options) => (await import('./status.ts')).status(importId, options));
}

function addRetry(sluice: Command): void {
  const retry = sluice
    .command('retry')
    .description('resume a stalled import from its last checkpoint')
    .argument('<import>', "the import's id, as 'sluice status' shows it");
  retry.option(
    '--behind-newer',
    'also where the dataset loads files in order and newer imports have begun: it is then loaded last',
    false,
  );
  addDeploymentOptions(retry)
    .option('--json', 'print one JSON object, and nothing else', false)
    .addHelpText(
      'after',
      '\nFix the cause first: the log and the reason of the failure name it.\nExit codes: 0 queued, 1 there is nothing to resume.',
    )
    .action(async (importId, options) => (await import('./retry.ts')).retry(importId, options));
}

/** Which deployment a command speaks to: see `DeploymentOptions`. */
function addDeploymentOptions(command: Command): Command {
  return command
    .option(
      '--aws',
      'use AWS instead of the local stack, with the AWS configuration (profile, region)',
      false,
    )
    .option('--endpoint <url>', 'URL of the local stack', LOCAL_URL)
    .option('--name <name>', "the deployment's name, as in Terraform", 'sluice');
}
