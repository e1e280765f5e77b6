import {
  type FunctionProcess,
  type FunctionProcessOptions,
  type InvocationOutcome,
  startFunctionProcess,
} from './function-process.ts';

/** Up to `concurrency` processes of one function, which stay warm for the next invocation. */
export type FunctionPool = {
  /** In the order of the calls when all processes are busy. */
  run(requestId: string, event: unknown): Promise<InvocationOutcome>;
  /** Resolves when an invocation would start at once, or when the pool is closed. */
  whenFree(): Promise<void>;
  /** Kills every process, and starts no invocation any more. */
  kill(): Promise<void>;
  /** Starts no invocation any more. Running ones continue; waiting ones fail. */
  refuse(): void;
};

const refusal: InvocationOutcome = {
  kind: 'failed',
  failure: { errorType: 'Host.Closed', errorMessage: 'The function host is closed' },
};

export function functionPool(options: FunctionProcessOptions, concurrency: number): FunctionPool {
  const processes = new Set<FunctionProcess>();
  const idle: FunctionProcess[] = [];
  const turns: (() => void)[] = [];
  const freeListeners: (() => void)[] = [];
  let busy = 0;
  let refused = false;

  const takeProcess = (): FunctionProcess => {
    for (let warm = idle.pop(); warm; warm = idle.pop()) {
      if (warm.isAlive()) return warm;
      processes.delete(warm);
    }
    const cold = startFunctionProcess(options);
    processes.add(cold);
    return cold;
  };

  const giveBack = (process: FunctionProcess): void => {
    if (process.isAlive()) idle.push(process);
    else processes.delete(process);
    const turn = turns.shift();
    if (turn) return turn();
    busy -= 1;
    for (const listener of freeListeners.splice(0)) listener();
  };

  const refuse = (): void => {
    refused = true;
    for (const wake of [...turns.splice(0), ...freeListeners.splice(0)]) wake();
  };

  return {
    async run(requestId, event) {
      if (refused) return refusal;
      // `giveBack` passes its place to the next waiter, so `busy` does not change.
      if (busy >= concurrency) await new Promise<void>((resolve) => turns.push(resolve));
      else busy += 1;
      if (refused) return refusal;
      const process = takeProcess();
      try {
        return await process.invoke(requestId, event);
      } finally {
        giveBack(process);
      }
    },
    async whenFree() {
      if (busy >= concurrency && !refused) {
        await new Promise<void>((resolve) => freeListeners.push(resolve));
      }
    },
    refuse,
    async kill() {
      refuse();
      await Promise.all([...processes].map((process) => process.kill()));
    },
  };
}
