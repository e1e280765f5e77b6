import type { Command } from 'commander';
import { retry } from '../engine/retry.ts';
import { addDeploymentOptions, type DeploymentOptions, withLedger, withQueue } from './deployment.ts';
import { EXIT } from './exit-code.ts';
import { print, printJson } from './terminal.ts';

type RetryOptions = DeploymentOptions & { json: boolean };

export function addRetryCommand(program: Command): void {
  addDeploymentOptions(
    program
      .command('retry')
      .description('send a stalled import on: the function goes on from its last checkpoint')
      .argument('<import>', "the import's id, as 'sluice status' shows it"),
  )
    .option('--json', 'print one JSON object, and nothing else', false)
    .addHelpText(
      'after',
      '\nMend the cause first: the log and the reason of the failure tell it.\nExit codes: 0 queued, 1 there is nothing to go on with.',
    )
    .action(async (importId: string, options: RetryOptions) => {
      const outcome = await withLedger(options, (ledger) =>
        withQueue(options, (queue) => retry({ ledger, queue }, importId)),
      );
      if (options.json) printJson({ import: importId, ...outcome });
      else if (outcome.kind === 'queued') print(`Queued: import ${importId} goes on from its checkpoint.`);
      else
        print(
          `Import ${importId} is ${outcome.status}: there is nothing to go on with. To load the file again, drop it again.`,
        );
      process.exitCode = outcome.kind === 'queued' ? EXIT.done : EXIT.failed;
    });
}
