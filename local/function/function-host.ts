import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { unzipSync } from 'fflate';
import { functionPool } from './function-pool.ts';
import type { FunctionProcessOptions, InvocationOutcome } from './function-process.ts';
import type { FunctionFailure } from './function-runtime.ts';
import { pollQueue } from './queue-poller.ts';

export type FunctionHostOptions = Omit<FunctionProcessOptions, 'taskRoot'> & {
  /** The directory that the built function lies in, or its zip. */
  readonly bundle: string;
  /** The most processes at a time. */
  readonly concurrency: number;
  /** The queues whose messages invoke the function. */
  readonly queues?: readonly { readonly client: SQSClient; readonly url: string }[];
  /** Waits before the repetitions of a failed asynchronous invocation. Lambda's own are 60,000 and 120,000 ms. */
  readonly retryDelaysMs?: readonly number[];
  /** How long `close` lets invocations run on. */
  readonly closeGraceMs?: number;
};

export type FunctionHost = {
  /** Runs the function and answers what it answered. Waits its turn when all processes are at work. */
  invoke(event: unknown): Promise<InvocationOutcome>;
  /**
   * Takes an event to be handled soon, and repeated where it fails. Says what became of it, so that who wants none lost
   * can keep it until then; never rejects.
   */
  invokeAsync(event: unknown): Promise<AsyncOutcome>;
  /** Takes no more work, lets invocations end within the grace, then kills what still runs. */
  close(): Promise<void>;
};

export type AsyncOutcome =
  | { readonly kind: 'succeeded' }
  /** Every attempt did; `failure` is the last one's. */
  | { readonly kind: 'failed'; readonly attempts: number; readonly failure: FunctionFailure }
  /** The host was closed before the event was through. */
  | { readonly kind: 'interrupted' };

/** Nobody waits two minutes at a desk. */
const defaultRetryDelaysMs = [1_000, 2_000];
const defaultCloseGraceMs = 5_000;

/** Runs a built function as Lambda does: in processes of its own, with Lambda's environment, deadline and memory. */
export async function startFunctionHost(options: FunctionHostOptions): Promise<FunctionHost> {
  const unpacked = await unpack(options.bundle);
  const pool = functionPool({ ...options, taskRoot: unpacked.dir }, options.concurrency);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  const run = (requestId: string, event: unknown): Promise<InvocationOutcome> => {
    const invocation = pool.run(requestId, event);
    running.add(invocation);
    return invocation.finally(() => running.delete(invocation));
  };

  const runAsync = async (requestId: string, event: unknown): Promise<AsyncOutcome> => {
    const delays = options.retryDelaysMs ?? defaultRetryDelaysMs;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await run(requestId, event);
      if (outcome.kind === 'answered') return { kind: 'succeeded' };
      if (closing.signal.aborted) return { kind: 'interrupted' };
      if (attempt > delays.length) return { kind: 'failed', attempts: attempt, failure: outcome.failure };
      options.log(`Attempt ${attempt} failed and is repeated: ${outcome.failure.errorMessage}`);
      await sleep(delays[attempt - 1], undefined, { signal: closing.signal }).catch(() => {});
      if (closing.signal.aborted) return { kind: 'interrupted' };
    }
  };

  const pollers = (options.queues ?? []).map((queue) =>
    pollQueue({
      ...queue,
      region: options.region,
      log: options.log,
      invoke: (event) => run(randomUUID(), event),
      whenFree: () => pool.whenFree(),
    }),
  );

  return {
    invoke: (event) => run(randomUUID(), event),
    invokeAsync: async (event) =>
      closing.signal.aborted ? { kind: 'interrupted' } : runAsync(randomUUID(), event),
    async close() {
      closing.abort();
      pool.refuse();
      const polled = Promise.all(pollers.map((poller) => poller.close()));
      const ended = Promise.all(running);
      const grace = new AbortController();
      await Promise.race([
        ended,
        sleep(options.closeGraceMs ?? defaultCloseGraceMs, undefined, { signal: grace.signal }),
      ]);
      grace.abort();
      await pool.kill();
      await Promise.all([ended, polled]);
      await unpacked.remove();
    },
  };
}

/** A zip is unpacked to a directory of its own, which goes when the host does. */
async function unpack(bundle: string): Promise<{ dir: string; remove(): Promise<void> }> {
  if (!bundle.endsWith('.zip')) return { dir: bundle, remove: async () => {} };
  const files = Object.entries(unzipSync(await readFile(bundle)));
  const dir = await mkdtemp(join(tmpdir(), 'sluice-function-'));
  for (const [name, contents] of files) {
    const path = join(dir, name);
    await mkdir(dirname(path), { recursive: true });
    if (!name.endsWith('/')) await writeFile(path, contents);
  }
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
