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
  /** The directory of the built function, or its zip. */
  readonly bundle: string;
  /** The maximum number of processes. */
  readonly concurrency: number;
  /** The queues whose messages invoke the function. */
  readonly queues?: readonly { readonly client: SQSClient; readonly url: string }[];
  /** Waits before the retries of a failed asynchronous invocation. Lambda waits 60,000 and 120,000 ms. */
  readonly retryDelaysMs?: readonly number[];
  /** How long `close` waits for running invocations. */
  readonly closeGraceMs?: number;
};

export type FunctionHost = {
  /** Runs the function and returns its answer. Waits if all processes are busy. */
  invoke(event: unknown): Promise<InvocationOutcome>;
  /**
   * Invokes the function with the event and retries if it fails. Resolves with the outcome, so that the caller can store the event
   * until then. Never rejects.
   */
  invokeAsync(event: unknown): Promise<AsyncOutcome>;
  /** Accepts no more invocations, waits up to `closeGraceMs` for the running ones, then kills their processes. */
  close(): Promise<void>;
};

export type AsyncOutcome =
  | { readonly kind: 'succeeded' }
  /** Every attempt failed; `failure` is that of the last one. */
  | { readonly kind: 'failed'; readonly attempts: number; readonly failure: FunctionFailure }
  /** The host was closed before the event was handled. */
  | { readonly kind: 'interrupted' };

/** Shorter than Lambda's waits, for use on a developer's machine. */
const defaultRetryDelaysMs = [1_000, 2_000];
const defaultCloseGraceMs = 5_000;

/** Runs a built function as Lambda does: in separate processes, with Lambda's environment variables, timeout and memory limit. */
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
      options.log(`Attempt ${attempt} failed and will be retried: ${outcome.failure.errorMessage}`);
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

/** Unpacks a zip to a temporary directory, which is deleted when the host closes. */
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
