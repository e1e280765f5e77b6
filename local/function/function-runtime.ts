/**
 * Runs inside the function's own process, as Lambda's Node runtime does: loads the handler that the environment
 * names, then answers one invocation after the other over IPC.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LambdaContext } from '../../src/lambda/context.ts';

export type InvocationRequest = {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly event: unknown;
};

/** What a failed invocation answers, in Lambda's own fields. */
export type FunctionFailure = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace?: readonly string[];
};

export type RuntimeMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-failed'; readonly failure: FunctionFailure }
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly failure: FunctionFailure };

type Handler = (event: unknown, context: LambdaContext) => unknown;

// If the host dies, nothing else would end this process.
process.on('disconnect', () => process.exit());

try {
  const handler = await loadHandler(variable('LAMBDA_TASK_ROOT'), variable('_HANDLER'));
  process.on('message', (request: InvocationRequest) => void answer(handler, request));
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'init-failed', failure: describeFailure(error, 'Runtime.ImportModuleError') });
}

async function answer(handler: Handler, request: InvocationRequest): Promise<void> {
  try {
    const value = await handler(request.event, contextOf(request));
    tell({ kind: 'answered', value: value ?? null });
  } catch (error) {
    tell({ kind: 'failed', failure: describeFailure(error, 'Error') });
  }
}

/** `_HANDLER` is `FILE.EXPORT`, the file without its extension. */
async function loadHandler(taskRoot: string, name: string): Promise<Handler> {
  const dot = name.lastIndexOf('.');
  const [file, exported] = [name.slice(0, dot), name.slice(dot + 1)];
  const path = ['.mjs', '.js', '.cjs']
    .map((extension) => join(taskRoot, file + extension))
    .find((path) => existsSync(path));
  if (path === undefined) throw new Error(`Cannot find module '${file}' in ${taskRoot}`);
  const module: Record<string, unknown> = await import(pathToFileURL(path).href);
  const handler = module[exported];
  if (typeof handler !== 'function') throw new Error(`${name} is undefined or not exported`);
  return handler as Handler;
}

function contextOf({ requestId, deadlineMs, functionArn }: InvocationRequest): LambdaContext {
  return {
    awsRequestId: requestId,
    functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: variable('AWS_LAMBDA_FUNCTION_VERSION'),
    invokedFunctionArn: functionArn,
    memoryLimitInMB: variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

function describeFailure(error: unknown, otherType: string): FunctionFailure {
  if (!(error instanceof Error)) return { errorType: otherType, errorMessage: String(error) };
  return {
    errorType: error.name,
    errorMessage: error.message,
    stackTrace: error.stack?.split('\n') ?? [],
  };
}

function variable(name: string): string {
  return process.env[name] ?? '';
}

function tell(message: RuntimeMessage): void {
  process.send?.(message);
}
