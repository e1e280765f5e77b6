import { dispatch, type Pipeline } from '../../src/lambda/dispatch.ts';
import type { LambdaContext } from '../../src/lambda/context.ts';
import type { Clock } from '../../src/core/ports.ts';
import { type Chance, chance as createChance } from './chance.ts';
import { type ClockStep, type Death, type Freeze, type Life, life } from './life.ts';
import type { Plan } from './plan.ts';
import type { Received, WorkQueue } from './work-queue.ts';

/** Makes the engine for one invocation: over the ports of its life. */
export type Wire = (owner: string, life: Life, say: (text: string) => void) => Pipeline;

/** Lambda: runs the handler for events and messages, and kills it. */
export type LambdaFunction = {
  /** An asynchronous invocation, as by S3: at least once, repeated twice, and then among the failed. */
  invoke(event: unknown, what: string): void;
  /** Polls the queue for as long as the world lasts. */
  poll(): Promise<never>;
  /** Nothing is running or waiting to run. */
  readonly isIdle: boolean;
  /** Time that AWS bills, in milliseconds. */
  readonly billedMs: number;
  readonly invocations: number;
  takeFailed(): readonly { event: unknown; what: string }[];
};

/** "Asynchronous invocation" (AWS Lambda Developer Guide): two more attempts, after one minute and after two. */
const RETRIES_MS = [60_000, 120_000];
/** Requests that are few, and of which each is a step from one state to the next. */
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
/** Mixed into the seed. */
const CLOCK_STREAM = 0x0c10_c455;
/** Beside those for messages, so that events are accepted while all of them load. */
const EVENT_SLOTS = 3;

export function lambdaFunction(options: {
  clock: Clock;
  chance: Chance;
  plan: Plan;
  queue: WorkQueue;
  wire: Wire;
  say: (who: string, text: string) => void;
  onAfterlife: (who: string, name: string) => void;
}): LambdaFunction {
  const { clock, chance, plan, queue, wire } = options;
  /** Drawn apart, so that worlds that were known before clocks were set stay as they are. */
  const clocks = createChance(plan.seed ^ CLOCK_STREAM);
  let runningMessages = 0;
  let runningEvents = 0;
  let waitingEvents = 0;
  let billedMs = 0;
  let invocations = 0;
  let failed: { event: unknown; what: string }[] = [];

  return {
    invoke: (event, what) => {
      waitingEvents++;
      void deliver(event, what);
    },
    poll,
    get isIdle() {
      return runningMessages + runningEvents + waitingEvents === 0;
    },
    get billedMs() {
      return billedMs;
    },
    get invocations() {
      return invocations;
    },
    takeFailed: () => {
      const taken = failed;
      failed = [];
      return taken;
    },
  };

  async function deliver(event: unknown, what: string): Promise<void> {
    for (const retryMs of [...RETRIES_MS, null]) {
      while (runningEvents >= EVENT_SLOTS) await clock.sleep(1000);
      runningEvents++;
      const outcome = await run('accept', what, event);
      runningEvents--;
      if (outcome !== 'failed') break;
      if (retryMs === null) failed.push({ event, what });
      else await clock.sleep(retryMs);
    }
    waitingEvents--;
  }

  async function poll(): Promise<never> {
    for (;;) {
      const message = runningMessages < plan.concurrency ? queue.receive() : null;
      if (message === null) {
        await clock.sleep(Math.max(50, Math.min(1000, queue.nextMs - clock.now())));
      } else {
        runningMessages++;
        void handle(message);
      }
    }
  }

  async function handle(message: Received): Promise<void> {
    const event = {
      Records: [
        {
          eventSource: 'aws:sqs',
          messageId: message.id,
          receiptHandle: message.receipt,
          body: message.body,
          attributes: { ApproximateReceiveCount: String(message.receives) },
        },
      ],
    };
    const outcome = await run(
      'load',
      `${message.id} ${message.body}, received ${message.receives} times`,
      event,
    );
    runningMessages--;
    if (outcome === 'failed' || outcome.batchItemFailures.length > 0) return;
    const isLost = clock.now() < plan.calmMs && chance.happens(plan.lostDeletes);
    if (isLost) options.say(message.id, 'handled; its deletion gets lost');
    else queue.delete(message.receipt);
  }

  async function run(
    kind: 'accept' | 'load',
    what: string,
    event: unknown,
  ): Promise<'failed' | { batchItemFailures: readonly unknown[] }> {
    const owner = `${kind}-${++invocations}`;
    const say = (text: string) => options.say(owner, text);
    await clock.sleep(chance.happens(0.3) ? plan.coldMs : 5);
    const startMs = clock.now();
    const steps = stepsOf();
    const own = life({
      clock,
      chance: chance.fork(),
      skewMs: Math.round(chance.between(-plan.skewMs / 2, plan.skewMs / 2)),
      bootMs: clocks.whole(0, 86_400_000),
      steps,
      dies: deathOf(),
      freezes: freezeOf(steps.length === 0),
      say,
      onAfterlife: (name) => options.onAfterlife(owner, name),
    });
    say(`begins: ${what}`);
    const deadline = new AbortController();
    void watchDeadline(own, deadline.signal);
    const outcome = await Promise.race([
      answerOf(wire(owner, own, say), event, contextOf(owner, startMs)),
      own.death,
    ]);
    own.finish();
    deadline.abort();
    billedMs += clock.now() - startMs;
    return outcome ?? 'failed';
  }

  async function watchDeadline(own: Life, over: AbortSignal): Promise<void> {
    await clock.sleep(plan.timeoutMs, over);
    if (!over.aborted) own.kill('killed: the time is over');
  }

  async function answerOf(pipeline: Pipeline, event: unknown, context: LambdaContext) {
    try {
      return (await dispatch(pipeline, event, context)) ?? { batchItemFailures: [] };
    } catch {
      // The pipeline has told of it.
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

  function deathOf(): Death | null {
    if (clock.now() >= plan.calmMs || !chance.happens(plan.killShare)) return null;
    if (chance.happens(0.3)) return { kind: 'time', afterMs: chance.magnitude(1, plan.timeoutMs) };
    const isBefore = chance.happens(0.5);
    if (chance.happens(0.5)) {
      return { kind: 'request', name: '', number: Math.round(chance.magnitude(1, 200)), isBefore };
    }
    return { kind: 'request', name: chance.pick(DEADLY), number: chance.whole(1, 3), isBefore };
  }

  /** A machine whose clock is set while it is suspended could not know of either: that is assumed not to happen. */
  function freezeOf(maySuspend: boolean): Freeze | null {
    if (clock.now() >= plan.calmMs || !chance.happens(plan.freezeShare)) return null;
    const number = Math.round(chance.magnitude(1, 200));
    return { number, forMs: chance.magnitude(1000, 180_000), isSuspended: maySuspend && clocks.happens(0.5) };
  }

  /** One or two, in either direction. */
  function stepsOf(): ClockStep[] {
    if (clock.now() >= plan.calmMs || !clocks.happens(plan.stepShare)) return [];
    return Array.from({ length: clocks.whole(1, 2) }, () => ({
      afterMs: clocks.magnitude(10, plan.timeoutMs),
      byMs: clocks.pick([-1, 1]) * clocks.magnitude(1000, 300_000),
    }));
  }
}
