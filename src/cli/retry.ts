import { retry as retryImport } from '../engine/retry.ts';
import { type DeploymentOptions, withLedger, withQueue } from './deployment.ts';
import { EXIT } from './exit-code.ts';
import { print, printJson } from './terminal.ts';

type RetryOptions = DeploymentOptions & { json: boolean };

/** Queues a stalled import again, and prints the result. */
export async function retry(importId: string, options: RetryOptions): Promise<void> {
  const outcome = await withLedger(options, (ledger) =>
    withQueue(options, (queue) => retryImport({ ledger, queue }, importId)),
  );
  if (options.json) printJson({ import: importId, ...outcome });
  else if (outcome.kind === 'queued') print(`Queued: import ${importId} resumes from its checkpoint.`);
  else
    print(
      `Import ${importId} is ${outcome.status}: there is nothing to resume. To load the file again, upload it again.`,
    );
  process.exitCode = outcome.kind === 'queued' ? EXIT.done : EXIT.failed;
}
