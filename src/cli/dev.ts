import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { tableName } from '../core/dataset/table-name.ts';
import { SluiceError } from '../core/errors.ts';
import { readDatasetFolder } from '../node/dataset-folder.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../deployment/local-endpoint.ts';
import { functionLog } from './function-log.ts';
import { loadSample } from './sample.ts';
import { print } from './terminal.ts';

export type DevOptions = {
  port: string;
  data: string;
  datasets: string;
  name: string;
  sample: boolean;
  verbose: boolean;
};

const root = dirname(dirname(import.meta.dirname));

/** Runs the local stack until Ctrl-C or SIGTERM. */
export async function dev(options: DevOptions): Promise<void> {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const stack = await start(options);
  try {
    printStack(stack, options);
    if (options.sample) await loadSample(stack, join(root, 'samples/people.csv'));
    printHints(stack);
    await stopped;
  } finally {
    await stack.close();
  }
  print(`Stopped. The data is in ${options.data}.`);
}

async function start(options: DevOptions): Promise<Stack> {
  const bundle = join(root, 'dist/lambda');
  await stat(join(bundle, 'index.mjs')).catch(() => {
    throw new SluiceError(
      'configuration-invalid',
      `The function is not built: ${relative('.', bundle)} is missing. Run: npm run build`,
    );
  });
  return startStack({
    port: parsePort(options.port),
    dataDir: options.data,
    datasets: (await readDatasetFolder(options.datasets)).datasets,
    bundle,
    name: options.name,
    log: options.verbose ? print : functionLog(print, Date.now),
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new SluiceError('configuration-invalid', `--port must be a number from 0 to 65535, not '${text}'.`);
}

function printStack(stack: Stack, options: DevOptions): void {
  print(`Sluice's local stack is at ${stack.url}, its data in ${options.data}/.`);
  print('');
  for (const { name, source, table } of stack.datasets) {
    print(
      `  ${name}: s3://${stack.names.sourceBucket}/${source.prefix}*${source.suffix.join(' or *')} → table ${tableName(table, stack.names.tablePrefix)}`,
    );
  }
  print('');
}

function printHints(stack: Stack): void {
  const [dataset] = stack.datasets;
  if (dataset === undefined) return;
  const { accessKeyId, secretAccessKey } = LOCAL_CREDENTIALS;
  const lines = [
    'Upload a file of your own, and look at the items (any credentials will do):',
    '',
    `  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    `  export AWS_DEFAULT_REGION=${LOCAL_REGION} AWS_ENDPOINT_URL=${stack.url}`,
    `  aws s3 cp FILE.csv s3://${stack.names.sourceBucket}/${dataset.source.prefix}`,
    `  aws dynamodb scan --table-name ${tableName(dataset.table, stack.names.tablePrefix)} --max-items 3`,
    '',
    'Ctrl-C stops; the data stays.',
  ];
  for (const line of lines) print(line);
}
