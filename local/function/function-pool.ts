import {
  type FunctionProcess,
  type FunctionProcessOptions,
  type InvocationOutcome,
  startFunctionProcess,
} from './function-process.ts';

/** At most so many processes of one function, each kept warm for the next invocation. */
export type FunctionPool = {
  /** First come, first served when all are at work. */
  run(requestId: string, event: unknown): Promise<InvocationOutcome>;
  /** Resolves when an invocation would begin at once, or when none will any more. */
  whenFree(): Promise<void>;
  /** Ends every process at once, and begins no invocation again. */
  kill(): Promise<void>;
  /** Lets what runs run, and begins no invocation again; those that wait fail. */
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
      // Whoever gives back hands its place to the next in turn, so `busy` does not change.
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
