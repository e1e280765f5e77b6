import { join } from 'node:path';
import type { Dataset } from '../src/core/dataset/dataset.ts';
import { LOCAL_REGION } from '../src/deployment/local-endpoint.ts';
import { type DeploymentNames, deploymentNames } from '../src/deployment/names.ts';
import { closeClients, openClients, type StackClients } from './clients.ts';
import { startEndpoint } from './endpoint/endpoint.ts';
import { functionEnvironment } from './function/function-environment.ts';
import { startFunctionHost } from './function/function-host.ts';
import { objectEvents } from './object-events.ts';
import { privateFolder } from './disk/private-folder.ts';
import { makeResources } from './resources.ts';
import { startSchedule } from './schedule.ts';

export type StackOptions = {
  /** The endpoint's port on 127.0.0.1; 0: any free one. */
  readonly port: number;
  /** Where objects, tables, queues and events are stored from one start to the next. */
  readonly dataDir: string;
  readonly datasets: readonly Dataset[];
  /** The built function: its directory, or its zip. */
  readonly bundle: string;
  /** The deployment's name: the prefix of the names of buckets, tables and queues. */
  readonly name: string;
  /** Lambda's limits, unless a test wants them shorter. */
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
  readonly concurrency?: number;
  /** Between two sweeps. */
  readonly sweepMs?: number;
  /** After this time an event that failed at every attempt is retried, and so on. */
  readonly failedEventMs?: number;
  /** Added to the function's environment; these values override those of the stack. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets each line that the function logs. */
  readonly log: (line: string) => void;
};

export type Stack = {
  readonly url: string;
  readonly datasets: readonly Dataset[];
  readonly names: DeploymentNames;
  readonly clients: StackClients;
  /** Lets invocations end, leaves unfinished work on disk for the next start, and closes the endpoint. */
  close(): Promise<void>;
};

const DEFAULTS = { timeoutMs: 900_000, memoryMb: 512, concurrency: 2 };
/** The default of Terraform's `sweep_minutes`. */
const SWEEP_MS = 300_000;
/** In AWS this is the queue's visibility timeout, 16 minutes: too long to wait for on a developer's machine. */
const FAILED_EVENT_MS = 60_000;
/** As in Terraform: a message is hidden for the function's timeout and a minute. */
const VISIBILITY_MARGIN_MS = 60_000;

/**
 * Starts a whole deployment on this machine: the endpoint with S3, SQS and DynamoDB, the deployment's buckets, tables and queues, and
 * the built function, which the bucket's events, the queues' messages and the schedule invoke. Throws `port-taken`,
 * `dataset-invalid`, `table-key-mismatch`.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { datasets, log } = options;
  const names = deploymentNames(options.name);
  const lambda = { ...DEFAULTS, ...definedOnly(options) };
  const folder = join(options.dataDir, 'events');
  await privateFolder(folder);
  const events = objectEvents({ folder, sourceBucket: names.sourceBucket, datasets, log });
  const endpoint = await startEndpoint({
    port: options.port,
    dataDir: options.dataDir,
    region: LOCAL_REGION,
    onObjectCreated: (event) => events.accept(event),
  });
  const clients = openClients(endpoint.url);
  try {
    const resources = await makeResources(clients, names, datasets, {
      workMs: lambda.timeoutMs + VISIBILITY_MARGIN_MS,
      failedEventMs: options.failedEventMs ?? FAILED_EVENT_MS,
    });
    const host = await startFunctionHost({
      ...lambda,
      bundle: options.bundle,
      handler: 'index.handler',
      functionName: names.function,
      region: LOCAL_REGION,
      environment: {
        ...functionEnvironment(options.name, names, resources, endpoint.url),
        ...options.environment,
      },
      queues: Object.values(resources.queues).map(({ url }) => ({ client: clients.sqs, url })),
      log,
    });
    events.deliverTo({
      host,
      failedEvents: { client: clients.sqs, url: resources.queues.failedEvents.url },
    });
    const schedule = startSchedule(host, options.sweepMs ?? SWEEP_MS);
    return {
      url: endpoint.url,
      datasets,
      names,
      clients,
      async close() {
        schedule.stop();
        await host.close();
        closeClients(clients);
        await endpoint.close();
      },
    };
  } catch (error) {
    closeClients(clients);
    await endpoint.close();
    throw error;
  }
}

function definedOnly({ timeoutMs, memoryMb, concurrency }: StackOptions): Partial<typeof DEFAULTS> {
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}
