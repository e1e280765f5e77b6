import * as z from 'zod';
import { DEFAULT_RETENTION_DAYS } from '../aws/ledger/expiry.ts';
import { SluiceError } from '../core/errors.ts';
import type { QueueArns } from './invocation.ts';

const required = z.string().min(1);

/** The function's environment, as Terraform and the local stack set it. Other variables are AWS's business. */
const schema = z.object({
  /** The deployment's name; logs carry it as their service. */
  SLUICE_NAME: required,
  /** What stands before a dataset's table name. */
  SLUICE_TABLE_PREFIX: z.string(),
  SLUICE_LEDGER_TABLE: required,
  SLUICE_RESULTS_BUCKET: required,
  SLUICE_QUEUE_URL: z.url({ protocol: /^https?$/ }),
  /** The queues of dead letters and of failed events, whose messages the function receives too: it distinguishes them from work messages by these ARNs. */
  SLUICE_DEAD_LETTER_QUEUE_ARN: required,
  SLUICE_FAILED_EVENTS_QUEUE_ARN: required,
  /** So long after it has begun an import waits for a right or a table that is missing: a deployment takes effect piece by piece. */
  SLUICE_PATIENCE_S: z.coerce.number().min(0).default(300),
  /** Days that the ledger keeps an import after its end; 0: for good. */
  SLUICE_LEDGER_RETENTION_DAYS: z.coerce.number().int().min(0).default(DEFAULT_RETENTION_DAYS),
  /** The object with the resolved datasets. Its version changes with its content, so that a function never sees another one than its own. */
  SLUICE_DATASETS_BUCKET: required,
  SLUICE_DATASETS_KEY: required,
  SLUICE_DATASETS_VERSION: required,
  SLUICE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export type Config = {
  readonly name: string;
  readonly tablePrefix: string;
  readonly ledgerTable: string;
  readonly resultsBucket: string;
  readonly queueUrl: string;
  readonly queueArns: QueueArns;
  readonly patienceMs: number;
  readonly ledgerRetentionDays: number;
  readonly datasets: { readonly bucket: string; readonly key: string; readonly version: string };
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
};

/** Reads the configuration from environment variables. Throws `configuration-invalid`, which names every one that is wrong. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path: [name], message }) =>
      environment[String(name)] === undefined ? `${String(name)} is missing` : `${String(name)}: ${message}`,
    );
    throw new SluiceError(
      'configuration-invalid',
      `The function's environment is incomplete or wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nDeploy it with Terraform, or run it with the local stack: both set these variables.`,
      { data: { problems } },
    );
  }
  const variables = parsed.data;
  return {
    name: variables.SLUICE_NAME,
    tablePrefix: variables.SLUICE_TABLE_PREFIX,
    ledgerTable: variables.SLUICE_LEDGER_TABLE,
    resultsBucket: variables.SLUICE_RESULTS_BUCKET,
    queueUrl: variables.SLUICE_QUEUE_URL,
    queueArns: {
      deadLetters: variables.SLUICE_DEAD_LETTER_QUEUE_ARN,
      failedEvents: variables.SLUICE_FAILED_EVENTS_QUEUE_ARN,
    },
    patienceMs: variables.SLUICE_PATIENCE_S * 1000,
    ledgerRetentionDays: variables.SLUICE_LEDGER_RETENTION_DAYS,
    datasets: {
      bucket: variables.SLUICE_DATASETS_BUCKET,
      key: variables.SLUICE_DATASETS_KEY,
      version: variables.SLUICE_DATASETS_VERSION,
    },
    logLevel: variables.SLUICE_LOG_LEVEL,
  };
}
