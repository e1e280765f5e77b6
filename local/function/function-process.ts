import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import type { FunctionFailure, InvocationRequest, RuntimeMessage } from './function-runtime.ts';

export type FunctionProcessOptions = {
  /** The directory of the unpacked handler module. */
  readonly taskRoot: string;
  /** `FILE.EXPORT`, as Lambda writes it. */
  readonly handler: string;
  readonly functionName: string;
  readonly region: string;
  /** Added to Lambda's own variables, and overrides them. Of the host's environment the function gets only PATH. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Gets each line that the function writes, and one of JSON for each invocation that fails. */
  readonly log: (line: string) => void;
};

export type InvocationOutcome =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly failure: FunctionFailure };

/** One execution environment: a process that has loaded the handler and takes one invocation at a time. */
export type FunctionProcess = {
  /** The timeout starts when the handler is loaded. A process that was killed or has exited cannot be used again. */
  invoke(requestId: string, event: unknown): Promise<InvocationOutcome>;
  isAlive(): boolean;
  /** Ends the process at once; resolves when it and its output have ended. */
  kill(): Promise<void>;
};

/** 'Init phase' of the page 'Understanding the Lambda execution environment lifecycle': limited to 10 seconds. */
const initTimeoutMs = 10_000;

/** How often the process's memory is checked. Lambda's cgroup limits each allocation; this is often enough to protect the machine. */
const memoryCheckMs = 100;

export function startFunctionProcess(options: FunctionProcessOptions): FunctionProcess {
  const child = startRuntime(options);
  /** Why this host killed the process, if it did. */
  let killedFor: FunctionFailure | undefined;
  const kill = (failure?: FunctionFailure): void => {
    killedFor ??= failure;
    child.kill('SIGKILL');
  };

  /** The process has ended, and all that it wrote has been logged. */
  const ended = new Promise<RuntimeMessage>((resolve) => {
    child.once('error', ({ message }) => {
      killedFor ??= { errorType: 'Runtime.ExitError', errorMessage: message };
      // A process that could not start never emits 'close'.
      if (child.pid === undefined) resolve({ kind: 'failed', failure: killedFor });
    });
    child.once('close', (code, signal) =>
      resolve({ kind: 'failed', failure: killedFor ?? exited(code, signal) }),
    );
  });
  const next = (): Promise<RuntimeMessage> =>
    Promise.race([ended, new Promise<RuntimeMessage>((resolve) => child.once('message', resolve))]);

  const memoryWatch = setInterval(() => {
    if ((residentMb(child) ?? 0) > options.memoryMb) kill(memoryExceeded);
  }, memoryCheckMs);
  void ended.then(() => clearInterval(memoryWatch));

  const ready = within(initTimeoutMs, next(), () =>
    kill({ errorType: 'Sandbox.Timedout', errorMessage: 'The function took over 10 s to load' }),
  );

  const run = async (requestId: string, event: unknown): Promise<RuntimeMessage> => {
    const loaded = await ready;
    if (loaded.kind !== 'ready') {
      kill();
      return loaded;
    }
    const request: InvocationRequest = {
      requestId,
      deadlineMs: Date.now() + options.timeoutMs,
      functionArn: `arn:aws:lambda:${options.region}:000000000000:function:${options.functionName}`,
      event,
    };
    const answer = next();
    child.send(request, (error) => {
      // A process that has ended emits 'close'; one that cannot be reached is killed.
      if (error) kill();
    });
    const seconds = (options.timeoutMs / 1000).toFixed(2);
    return await within(options.timeoutMs, answer, () =>
      kill({
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
      }),
    );
  };

  return {
    async invoke(requestId, event) {
      const message = await run(requestId, event);
      if (message.kind === 'answered') return message;
      const failure = failureOf(message);
      const timestamp = new Date().toISOString();
      options.log(JSON.stringify({ timestamp, level: 'ERROR', requestId, message: failure }));
      return { kind: 'failed', failure };
    },
    isAlive: () => child.connected && child.exitCode === null && child.signalCode === null && !child.killed,
    async kill() {
      kill();
      await ended;
    },
  };
}

function startRuntime(options: FunctionProcessOptions): ChildProcess {
  const child = fork(new URL(`./function-runtime${extname(import.meta.filename)}`, import.meta.url), {
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      // The shares that Lambda's runtime gives V8.
      `--max-old-space-size=${Math.floor(options.memoryMb * 0.9)}`,
      `--max-semi-space-size=${Math.max(1, Math.floor(options.memoryMb * 0.05))}`,
    ],
    env: lambdaEnvironment(options),
    cwd: options.taskRoot,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const output of [child.stdout, child.stderr]) {
    if (output) createInterface({ input: output, crlfDelay: Infinity }).on('line', options.log);
  }
  return child;
}

const memoryExceeded: FunctionFailure = {
  errorType: 'Runtime.OutOfMemory',
  errorMessage: 'Runtime exited with error: signal: killed',
};

/** Waits for the promise, and calls `late` if it takes longer than the limit. */
async function within<T>(limitMs: number, coming: Promise<T>, late: () => void): Promise<T> {
  const timer = setTimeout(late, limitMs);
  try {
    return await coming;
  } finally {
    clearTimeout(timer);
  }
}

function failureOf(message: RuntimeMessage): FunctionFailure {
  if (message.kind === 'failed' || message.kind === 'init-failed') return message.failure;
  return { errorType: 'Runtime.Unknown', errorMessage: `The runtime said '${message.kind}' out of turn` };
}

function exited(code: number | null, signal: NodeJS.Signals | null): FunctionFailure {
  // V8 aborts when its heap is full. Lambda uses the same name for this and for exceeding the memory limit.
  if (signal === 'SIGABRT')
    return { errorType: 'Runtime.OutOfMemory', errorMessage: `Runtime exited with error: signal: aborted` };
  const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: ${how}` };
}

/** On systems without /proc, the only limit is that of V8's heap. */
function residentMb({ pid }: ChildProcess): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

/** The page 'Defined runtime environment variables'. */
function lambdaEnvironment(options: FunctionProcessOptions): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    AWS_LAMBDA_FUNCTION_NAME: options.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${options.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local/[$LATEST]',
    LAMBDA_TASK_ROOT: options.taskRoot,
    _HANDLER: options.handler,
    // Lambda has no AWS configuration files: those in the user's home directory must not have an effect here.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...options.environment,
  };
}
