import { SluiceError } from '../../src/core/errors.ts';
import type { Queue } from '../../src/core/ports.ts';
import { hasEnded, type ImportRecord } from '../../src/core/import.ts';
import { formatWork, parseWork } from '../../src/core/work.ts';
import { accept } from '../../src/engine/accept.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import { retry, stall } from '../../src/engine/retry.ts';
import { load, type LoadPorts } from '../../src/engine/load.ts';
import type { Pipeline } from '../../src/lambda/dispatch.ts';
import { capacity } from '../capacity.ts';
import { simLedger } from '../ledger.ts';
import { simTable } from '../table.ts';
import { virtualClock } from '../virtual-clock.ts';
import { bucket as simBucket, creationEvent } from './bucket.ts';
import { chance } from './chance.ts';
import { judgeCost, restMs } from './cost.ts';
import { brokenFile, csvFile, REFUSED_TEXT } from './csv-file.ts';
import { datasetsOf } from './datasets.ts';
import { lambdaFunction, type Wire } from './function.ts';
import { history as simHistory } from './history.ts';
import { type Deletion, planOf, type Upload } from './plan.ts';
import { INJECTED, ports, type Services } from './ports.ts';
import { timeText } from './time-text.ts';
import { judge } from './verdict.ts';
import type { Violation } from './violation.ts';
import { watchedLedger } from './watched-ledger.ts';
import { resultsWatch } from './watched-results.ts';
import { tableWatch } from './watched-table.ts';
import { workQueue } from './work-queue.ts';

export type WorldResult = {
  readonly seed: number;
  /** The first thing that must not be; null: the world ended well. */
  readonly violation: Violation | null;
  readonly virtualMs: number;
  readonly billedMs: number;
  readonly invocations: number;
};

export type WorldOptions = {
  readonly seed: number;
  /** Takes each line of what happens. */
  readonly trace?: (line: string) => void;
  /** Builds the engine wrongly: stands between it and its ports. */
  readonly mutant?: Mutant;
};

/** A wrong build of the engine, made by what stands between it and the world. */
export type Mutant = {
  readonly ports?: ((ports: LoadPorts) => LoadPorts) | undefined;
  readonly pipeline?: (pipeline: Pipeline) => Pipeline;
};

const MINUTE_MS = 60_000;
/** Errors that a message may fail with, and come again. */
const PASSING: ReadonlySet<string> = new Set(['object-unreadable', 'table-unavailable']);

/** Runs one world to its end, or to the first thing that must not be. The same seed always runs the same way. */
export async function runWorld({ seed, trace, mutant = {} }: WorldOptions): Promise<WorldResult> {
  const plan = planOf(seed);
  const draw = chance(seed + 0x51_1ce);
  const clock = virtualClock({ seed, startMs: 0 });
  const datasets = datasetsOf(plan);
  const history = simHistory();
  const bucket = simBucket({ versioned: plan.versioned });
  let violation: Violation | null = null;
  let tellViolation = (): void => undefined;
  const violated = new Promise<void>((resolve) => {
    tellViolation = resolve;
  });
  const table = simTable({
    clock,
    keys: {
      partitionKey: { name: 'id', type: 'S' },
      sortKey: plan.sortKey ? { name: 's', type: 'S' } : null,
    },
    ...(plan.mode === null
      ? {}
      : { capacity: capacity({ mode: plan.mode, startMs: 0, creditSeconds: plan.creditSeconds }) }),
    fate: (items) =>
      items.some((item) => item['text']?.['S'] === REFUSED_TEXT)
        ? { kind: 'refused', reason: REFUSED_TEXT }
        : null,
  });
  const queue = workQueue({
    clock,
    chance: draw.fork(),
    visibilityMs: plan.timeoutMs + MINUTE_MS,
    maxReceives: plan.maxReceives,
    duplicates: () => (clock.now() < plan.calmMs ? plan.duplicateMessages : 0),
    say: (text) => say('queue', text),
  });
  const services: Services = {
    clock,
    bucket,
    table,
    ledger: watchedLedger({ ledger: simLedger(), clock, history, violate }),
    results: new Map(),
    queue,
    tableWatch: tableWatch({ clock, history, violate }),
    resultsWatch: resultsWatch({ clock, history, violate }),
    plan,
  };
  const wire: Wire = (owner, life, tell) => {
    const own = ports(services, owner, life, draw.fork(), tell);
    const wired = mutant.ports?.(own) ?? own;
    const emit = (event: EngineEvent): void => {
      if (!life.isDead) hear(event, tell);
    };
    const pipeline: Pipeline = {
      accept: (object) => accept(wired, datasets, object, emit),
      load: (message, options) => {
        history.epochs.set(owner, message.epoch);
        return load(wired, datasets, message, { ...options, emit });
      },
      stall: (message, failure) => stall(wired, message, failure, emit),
      maxReceives: plan.maxReceives,
      monotonic: () => wired.clock.monotonic(),
      emit,
    };
    return mutant.pipeline?.(pipeline) ?? pipeline;
  };
  const lambda = lambdaFunction({
    clock,
    chance: draw.fork(),
    plan,
    queue,
    wire,
    say,
    onAfterlife: (who, name) => {
      // A stream that is closed may have asked for its next piece.
      if (name !== 'read') violate('no-afterlife', `${who} goes on behind its answer: ${name}`);
    },
  });
  const plainQueue: Queue = {
    send: async (message, delayMs) => queue.send(formatWork(message), delayMs),
    hide: async () => undefined,
  };
  let deadLetters = 0;
  let toCome = plan.uploads.length + plan.deletions.length;
  for (const upload of plan.uploads) void drop(upload);
  for (const deletion of plan.deletions) void remove(deletion);
  void lambda.poll();
  await clock.run(Promise.race([untilRest(), violated]));
  if (violation === null)
    judge({ bucket, history, plan, items: table.items, records: await records() }, violate);
  if (plan.calmMs === 0) {
    const spent = { virtualMs: clock.now(), billedMs: lambda.billedMs, deadLetters };
    judgeCost(plan, history, spent, violate);
  }
  return {
    seed,
    violation,
    virtualMs: clock.now(),
    billedMs: lambda.billedMs,
    invocations: lambda.invocations,
  };

  function say(who: string, text: string): void {
    trace?.(`${timeText(clock.now())}  ${who.padEnd(10)} ${text}`);
  }

  function violate(invariant: Violation['invariant'], text: string): void {
    if (violation !== null) return;
    violation = { invariant, atMs: clock.now(), text };
    say('VIOLATION', `${invariant}: ${text}`);
    tellViolation();
  }

  async function drop(upload: Upload): Promise<void> {
    const own = draw.fork();
    await clock.sleep(upload.atMs);
    const file = upload.broken === null ? csvFile(upload.terms, own) : brokenFile(BROKEN[upload.broken]);
    const version = bucket.put(upload.key, file);
    history.add(version);
    say('person', `drops ${version.name}: ${file.rows.length} rows, ${file.body.length} bytes`);
    const isTroubled = () => clock.now() < plan.calmMs;
    if (isTroubled() && own.happens(plan.lateEvents)) await clock.sleep(own.magnitude(1000, 60 * MINUTE_MS));
    lambda.invoke(creationEvent(version), version.name);
    while (isTroubled() && own.happens(plan.duplicateEvents)) {
      await clock.sleep(own.magnitude(10, 30 * MINUTE_MS));
      lambda.invoke(creationEvent(version), `${version.name}, again`);
    }
    toCome--;
  }

  async function remove({ atMs, key }: Deletion): Promise<void> {
    await clock.sleep(atMs);
    say('person', `deletes ${key}`);
    bucket.delete(key);
    toCome--;
  }

  async function untilRest(): Promise<void> {
    const limitMs = Math.max(plan.calmMs, ...plan.uploads.map(({ atMs }) => atMs)) + restMs(plan);
    for (let round = 0; toCome > 0 || !lambda.isIdle || queue.size > 0; round++) {
      if (clock.now() > limitMs) {
        violate(
          'import-ends',
          `no rest after ${timeText(restMs(plan))}: ${queue.size} messages, ${await openImports()}`,
        );
        return;
      }
      await clock.sleep(10_000);
      if (round % 30 === 29) await tidyUp();
    }
    if (await tidyUp()) await untilRest();
  }

  /** What an operator does: sends on what has failed too often. Answers whether there was anything. */
  async function tidyUp(): Promise<boolean> {
    const failed = lambda.takeFailed();
    for (const { event, what } of failed) lambda.invoke(event, `${what}, sent on`);
    const dead = queue.takeDead();
    deadLetters += dead.length;
    for (const body of dead) {
      const { importId } = parseWork(body);
      const outcome = await retry({ ledger: services.ledger, queue: plainQueue }, importId);
      say('operator', `sluice retry ${importId}: ${JSON.stringify(outcome)}`);
    }
    return failed.length + dead.length > 0;
  }

  async function records(): Promise<readonly ImportRecord[]> {
    return services.ledger.listImports(null, Infinity);
  }

  async function openImports(): Promise<string> {
    const open = (await records()).filter(({ status }) => !hasEnded(status));
    return open.map(({ id, object, status }) => `${id} (${object.key}) is ${status}`).join(', ');
  }

  function hear(event: EngineEvent, tell: (text: string) => void): void {
    if (event.level === 'debug') return;
    const { type, level: _, importId, error, ...facts } = event;
    if (/^import (done|failed|superseded)$/.test(type))
      history.of(importId!).endsTold.add(type.replace('import ', ''));
    const text = Object.entries(facts).map(
      ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    tell(`· ${type}: ${text.join(', ')}`);
    if (error === undefined) return;
    const isPassing = error instanceof SluiceError && PASSING.has(error.code);
    if (isPassing || (error instanceof Error && error.message.includes(INJECTED))) return;
    const stack = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
    violate('no-surprise', `${type}: ${stack}`);
  }
}

const BROKEN = { empty: '', 'no-key-column': 'number,name\n1,one\n' };
