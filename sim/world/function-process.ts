import type { Dataset } from '../../src/core/dataset/dataset.ts';
import { accept } from '../../src/engine/accept.ts';
import { loadMessage, type LoadPorts } from '../../src/engine/loading/load-message.ts';
import { stall } from '../../src/engine/end/stall.ts';
import { sweep } from '../../src/engine/sweep.ts';
import type { FunctionEvent } from '../../src/lambda/function-event.ts';
import type { Pipeline } from '../../src/lambda/dispatch.ts';
import type { QueueArns } from '../../src/lambda/invocation.ts';
import type { History } from './history.ts';
import type { Invocation } from './invocation.ts';
import { ports, type Services } from './ports.ts';

/** A wrong build of the engine, made by what stands between it and the world. Built once a process. */
export type Mutant = {
  readonly ports?: ((ports: LoadPorts) => LoadPorts) | undefined;
  readonly pipeline?: (pipeline: Pipeline) => Pipeline;
};

/** A process of the function: returns its pipeline for the next invocation, which is the only one that it works on. */
export type FunctionProcess = (invocation: Invocation) => Pipeline;

/** The ARNs by which the function distinguishes its queues. */
export const QUEUE_ARNS: QueueArns = { deadLetters: 'arn:sim:dead', failedEvents: 'arn:sim:failed' };

/** As `src/lambda/pipeline.ts`: what the first invocation builds lasts as long as the process. */
export function functionProcess(options: {
  services: Services;
  datasets: readonly Dataset[];
  history: History;
  patienceMs: number;
  mutant: Mutant;
  /** Takes an event of the engine, unless its process is dead. */
  hear: (event: FunctionEvent, say: (text: string) => void) => void;
}): FunctionProcess {
  let current: Invocation;
  let pipeline: Pipeline | null = null;
  return (invocation) => {
    current = invocation;
    pipeline ??= build(options, () => current);
    return pipeline;
  };
}

function build(
  { services, datasets, history, patienceMs, mutant, hear }: Parameters<typeof functionProcess>[0],
  invocation: () => Invocation,
): Pipeline {
  const own = ports(services, invocation);
  const wired = mutant.ports?.(own) ?? own;
  const emit = (event: FunctionEvent): void => {
    const { life, say } = invocation();
    if (!life.isDead) hear(event, say);
  };
  const pipeline: Pipeline = {
    accept: (object) => accept(wired, datasets, object, emit),
    load: (message, options) => {
      history.epochs.set(options.owner, message.epoch);
      return loadMessage(wired, datasets, message, { ...options, patienceMs, emit });
    },
    noteFailure: ({ importId }, failure) => wired.ledger.noteFailure(importId, failure),
    hide: (receipt, forMs) => wired.queue.hide(receipt, forMs),
    stall: (message) => stall(wired, message, emit),
    sweep: (deadlineMs) => sweep(wired, deadlineMs, emit),
    queueArns: QUEUE_ARNS,
    monotonic: () => wired.clock.monotonic(),
    emit,
  };
  return mutant.pipeline?.(pipeline) ?? pipeline;
}
