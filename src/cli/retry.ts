import { retry as retryImport } from '../engine/retry.ts';
import { type DeploymentOptions, withLedger, withQueue } from './deployment.ts';
import { EXIT } from './exit-code.ts';
import { print, printJson } from './terminal.ts';

type RetryOptions = DeploymentOptions & { json: boolean; behindNewer: boolean };

/** Queues a stalled import again, and prints the result. */
export async function retry(importId: string, options: RetryOptions): Promise<void> {
  const outcome = await withLedger(options, (ledger) =>
    withQueue(options, (queue) => retryImport({ ledger, queue }, importId, options)),
  );
  if (options.json) printJson({ import: importId, ...outcome });
  else if (outcome.kind === 'queued') print(`Queued: import ${importId} resumes from its checkpoint.`);
  else if (outcome.kind === 'waits')
    print(
      `Queued: import ${importId} resumes from its checkpoint after import ${outcome.behind}, which comes first.`,
    );
  else
    print(
      `Import ${importId} is ${outcome.status}: there is nothing to resume. To load the file again, upload it again.`,
    );
  process.exitCode = outcome.kind === 'ended' ? EXIT.failed : EXIT.done;
}
