import { dispatch, type Pipeline } from '../../src/lambda/dispatch.ts';
import type { LambdaContext } from '../../src/lambda/context.ts';
import { formatFailedEvent } from '../../src/lambda/failed-event.ts';
import { SWEEP_EVENT } from '../../src/lambda/invocation.ts';
import type { Clock } from '../../src/core/ports.ts';
import { type Chance, chance as createChance } from './chance.ts';
import { type FunctionProcess, QUEUE_ARNS } from './function-process.ts';
import { type ClockStep, type Death, type Freeze, type Life, life } from './life.ts';
import type { Plan } from './plan.ts';
import { processPool } from './process-pool.ts';
import type { Received, WorkQueue } from './work-queue.ts';

/** Lambda: runs the handler for events and messages, and kills its processes. */
export type LambdaFunction = {
  /** An asynchronous invocation, as by S3: at least once; after two failed repeats it goes to the queue of failed events. */
  invoke(event: unknown, what: string): void;
  /** The schedule's invocation, likewise. */
  sweep(): void;
  /** Polls the queues for as long as the world lasts. */
  poll(): Promise<never>;
  /** No invocation is running or waiting to run. */
  readonly isIdle: boolean;
  /** Only sweeps are running or waiting to run. */
  readonly isOnlySweeping: boolean;
  /** Time that AWS bills, in milliseconds, without sweeps: their cost does not depend on the load. */
  readonly billedMs: number;
  readonly invocations: number;
};

/** "Asynchronous invocation" (AWS Lambda Developer Guide): two more attempts, after one minute and after two. */
const RETRIES_MS = [60_000, 120_000];
/** Requests that change the state of an import: a process dies at them more often. */
const DEADLY = [
  'put rejects',
  'put reports',
  'send',
  'hide',
  'ledger.register',
  'ledger.takeKey',
  'ledger.clearKey',
  'ledger.claim',
  'ledger.checkpoint',
  'ledger.release',
  'ledger.finishChunk',
  'ledger.countChunk',
  'ledger.end',
];
/** Where files are loaded in order, also these. */
const DEADLY_IN_ORDER = ['ledger.takePlace', 'ledger.changeTurn', 'ledger.readTurn', 'ledger.close'];
/** The same where the ledger's adapter is real: a request may be part of several steps. */
const DEADLY_RECORDS = [
  'put rejects',
  'put reports',
  'send',
  'hide',
  'ledger.PutItem object',
  'ledger.PutItem import',
  'ledger.PutItem chunk',
  'ledger.UpdateItem object',
  'ledger.UpdateItem chunk',
  'ledger.UpdateItem chunk',
  'ledger.UpdateItem import',
];
/** Mixed into the seed. */
const CLOCK_STREAM = 0x0c10_c455;
const SWEEP_STREAM = 0x0053_eeb5;
/** Separate from the concurrency of loads, so that events are accepted while all loads are busy. */
const SLOTS = { accept: 3, sweep: 1, stall: 2, event: 2 } as const;

type QueueKind = 'load' | 'stall' | 'event';
type Kind = QueueKind | 'accept' | 'sweep';

const ARNS = { load: 'arn:sim:work', stall: QUEUE_ARNS.deadLetters, event: QUEUE_ARNS.failedEvents };

export function lambdaFunction(options: {
  clock: Clock;
  chance: Chance;
  plan: Plan;
  queues: { readonly [kind in QueueKind]: WorkQueue };
  /** From this the faults of requests by accepts and loads are drawn. */
  requests: Chance;
  start: () => FunctionProcess;
  say: (who: string, text: string) => void;
  onLateRequest: (who: string, name: string) => void;
}): LambdaFunction {
  const { clock, plan, queues } = options;
  const processes = processPool(options);
  const deadly =
    plan.wire !== null ? DEADLY_RECORDS : plan.inOrder ? [...DEADLY, ...DEADLY_IN_ORDER] : DEADLY;
  /** Separate streams, so that older worlds stay as they were before clocks were set and before there were sweeps. */
  const loads = { chance: options.chance, clocks: createChance(plan.seed ^ CLOCK_STREAM) };
  const others = {
    chance: createChance(plan.seed ^ SWEEP_STREAM),
    clocks: createChance(plan.seed ^ SWEEP_STREAM),
  };
  const streams = { accept: loads, load: loads, sweep: others, stall: others, event: others };
  const running: { [kind in Kind]: number } = { accept: 0, sweep: 0, load: 0, stall: 0, event: 0 };
  let waitingEvents = 0;
  let billedMs = 0;
  let invocations = 0;

  return {
    invoke: (event, what) => void deliver('accept', event, what),
    sweep: () => void deliver('sweep', SWEEP_EVENT, 'the sweep'),
    poll: async () => {
      await Promise.all([consume('load'), consume('stall'), consume('event')]);
      throw new Error('the queues are polled for ever');
    },
    get isIdle() {
      return waitingEvents + Object.values(running).reduce((sum, count) => sum + count, 0) === 0;
    },
    get isOnlySweeping() {
      return running.accept + running.event + running.load + running.stall === 0;
    },
    get billedMs() {
      return billedMs;
    },
    get invocations() {
      return invocations;
    },
  };

  async function deliver(kind: 'accept' | 'sweep', event: unknown, what: string): Promise<void> {
    waitingEvents++;
    for (const retryMs of [...RETRIES_MS, null]) {
      while (running[kind] >= SLOTS[kind]) await clock.sleep(1000);
      running[kind]++;
      const outcome = await run(kind, what, event);
      running[kind]--;
      if (outcome !== 'failed') break;
      if (retryMs !== null) await clock.sleep(retryMs);
      else {
        const failed = { event, condition: 'RetriesExhausted', reason: 'The simulator gives no reason.' };
        queues.event.send(formatFailedEvent(failed), 0);
      }
    }
    waitingEvents--;
  }

  async function consume(kind: QueueKind): Promise<never> {
    const slots = kind === 'load' ? plan.concurrency : SLOTS[kind];
    const queue = queues[kind];
    for (;;) {
      const message = running[kind] < slots ? queue.receive() : null;
      if (message === null) {
        await clock.sleep(Math.max(50, Math.min(1000, queue.nextMs - clock.now())));
      } else {
        running[kind]++;
        void handle(kind, message);
      }
    }
  }

  async function handle(kind: QueueKind, message: Received): Promise<void> {
    const event = {
      Records: [
        {
          eventSource: 'aws:sqs',
          eventSourceARN: ARNS[kind],
          messageId: message.id,
          receiptHandle: message.receipt,
          body: message.body,
          attributes: { ApproximateReceiveCount: String(message.receives) },
        },
      ],
    };
    const what = `${message.id} ${message.body}, received ${message.receives} times`;
    const outcome = await run(kind, what, event);
    running[kind]--;
    if (outcome === 'failed' || outcome.batchItemFailures.length > 0) return;
    const isLost = clock.now() < plan.calmMs && streams[kind].chance.happens(plan.lostDeletes);
    if (isLost) options.say(message.id, 'handled; its deletion is lost');
    else queues[kind].delete(message.receipt);
  }

  async function run(
    kind: Kind,
    what: string,
    event: unknown,
  ): Promise<'failed' | { batchItemFailures: readonly unknown[] }> {
    const { chance } = streams[kind];
    const owner = `${kind}-${++invocations}`;
    const say = (text: string) => options.say(owner, text);
    const isCold = chance.happens(0.3);
    const running = processes.take();
    const isNew = plan.processes === null ? isCold : running.bootMs === null;
    await clock.sleep(isNew ? plan.coldMs : 5);
    const startMs = clock.now();
    const requests = kind === 'load' || kind === 'accept' ? options.requests : chance;
    const steps = stepsOf(kind);
    const bootMs = streams[kind].clocks.whole(0, 86_400_000);
    const own = life({
      clock,
      chance: chance.fork(),
      skewMs: Math.round(chance.between(-plan.skewMs / 2, plan.skewMs / 2)),
      bootMs: running.bootMs ?? bootMs,
      steps,
      dies: deathOf(kind),
      freezes: freezeOf(kind, steps.length === 0),
      say,
      onLateRequest: (name) => options.onLateRequest(owner, name),
    });
    say(`begins${running.bootMs === null ? '' : ' in a warm process'}: ${what}`);
    const deadline = new AbortController();
    void watchDeadline(own, deadline.signal);
    const outcome = await Promise.race([
      answerOf(
        running.process({ owner, life: own, say, chance: requests.fork() }),
        event,
        contextOf(owner, startMs),
      ),
      own.death,
    ]);
    own.finish();
    processes.giveBack(running, own);
    deadline.abort();
    if (kind !== 'sweep') billedMs += clock.now() - startMs;
    return outcome ?? 'failed';
  }

  async function watchDeadline(own: Life, over: AbortSignal): Promise<void> {
    await clock.sleep(plan.timeoutMs, over);
    if (!over.aborted) own.kill('killed: timeout');
  }

  async function answerOf(pipeline: Pipeline, event: unknown, context: LambdaContext) {
    try {
      return (await dispatch(pipeline, event, context)) ?? { batchItemFailures: [] };
    } catch {
      // The pipeline has reported the error.
      return 'failed';
    }
  }

  function contextOf(owner: string, startMs: number): LambdaContext {
    return {
      awsRequestId: owner,
      functionName: 'sim-load',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:sim-load',
      memoryLimitInMB: '1769',
      logGroupName: 'sim',
      logStreamName: 'sim',
      callbackWaitsForEmptyEventLoop: false,
      getRemainingTimeInMillis: () => startMs + plan.timeoutMs - clock.now(),
    };
  }

  function deathOf(kind: Kind): Death | null {
    const { chance } = streams[kind];
    if (clock.now() >= plan.calmMs || !chance.happens(plan.killShare)) return null;
    if (chance.happens(0.3)) return { kind: 'time', afterMs: chance.magnitude(1, plan.timeoutMs) };
    const isBefore = chance.happens(0.5);
    if (chance.happens(0.5)) {
      return { kind: 'request', name: '', number: Math.round(chance.magnitude(1, 200)), isBefore };
    }
    return {
      kind: 'request',
      name: chance.pick(deadly),
      number: chance.whole(1, 3),
      isBefore,
    };
  }

  /** A process cannot detect a clock that is set while its machine is suspended: that is assumed not to happen. */
  function freezeOf(kind: Kind, maySuspend: boolean): Freeze | null {
    const { chance, clocks } = streams[kind];
    if (clock.now() >= plan.calmMs || !chance.happens(plan.freezeShare)) return null;
    const number = Math.round(chance.magnitude(1, 200));
    return { number, forMs: chance.magnitude(1000, 180_000), isSuspended: maySuspend && clocks.happens(0.5) };
  }

  /** One or two, in either direction. */
  function stepsOf(kind: Kind): ClockStep[] {
    const { clocks } = streams[kind];
    if (clock.now() >= plan.calmMs || !clocks.happens(plan.stepShare)) return [];
    return Array.from({ length: clocks.whole(1, 2) }, () => ({
      afterMs: clocks.magnitude(10, plan.timeoutMs),
      byMs: clocks.pick([-1, 1]) * clocks.magnitude(1000, 300_000),
    }));
  }
}
