import { constants } from 'node:os';

export type InterruptSignal = 'SIGINT' | 'SIGTERM';

/** A person's or a supervisor's wish that the process stops. */
export type Interrupt = {
  /** Aborted by the first signal. */
  readonly stop: AbortSignal;
  /** What came, or null. */
  readonly by: InterruptSignal | null;
  /** From now on signals have their usual effect. */
  close(): void;
};

/** npm and npx pass Ctrl-C on to a process that has it from the terminal: within this time it is the same one. */
const SAME_MS = 500;
const SIGNALS: readonly InterruptSignal[] = ['SIGINT', 'SIGTERM'];

/** Listens for SIGINT and SIGTERM: the first asks to stop, the second ends the process at once, after `onSecond`. */
export function listenForInterrupt(options: { onFirst(): void; onSecond(): void }): Interrupt {
  const controller = new AbortController();
  let by: InterruptSignal | null = null;
  let firstMs = 0;
  for (const name of SIGNALS) process.on(name, hear);
  return {
    stop: controller.signal,
    get by() {
      return by;
    },
    close() {
      for (const name of SIGNALS) process.off(name, hear);
    },
  };

  function hear(name: NodeJS.Signals): void {
    if (by === null) {
      by = name as InterruptSignal;
      firstMs = performance.now();
      options.onFirst();
      controller.abort();
    } else if (performance.now() - firstMs >= SAME_MS) {
      options.onSecond();
      process.exit(interruptedCode(by));
    }
  }
}

/** The exit code that a shell uses for a process that a signal ended: 130 or 143. */
export function interruptedCode(by: InterruptSignal): number {
  return 128 + constants.signals[by];
}
