import * as z from 'zod';
import { SluiceError } from '../core/errors.ts';

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
  /** How often the queue shows a message before it goes to the dead letters: after the last time its import is stalled. */
  SLUICE_MAX_RECEIVES: z.coerce.number().int().min(1).default(10),
  /** Where the datasets document lies: its key changes with its content, so that a function never sees an older one. */
  SLUICE_DATASETS_BUCKET: required,
  SLUICE_DATASETS_KEY: required,
  SLUICE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export type Config = {
  readonly name: string;
  readonly tablePrefix: string;
  readonly ledgerTable: string;
  readonly resultsBucket: string;
  readonly queueUrl: string;
  readonly maxReceives: number;
  readonly datasets: { readonly bucket: string; readonly key: string };
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
      `The function's environment is not complete:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nDeploy it by Terraform, or run it by the local stack: both set these variables.`,
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
    maxReceives: variables.SLUICE_MAX_RECEIVES,
    datasets: { bucket: variables.SLUICE_DATASETS_BUCKET, key: variables.SLUICE_DATASETS_KEY },
    logLevel: variables.SLUICE_LOG_LEVEL,
  };
}
