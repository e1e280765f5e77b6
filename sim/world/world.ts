import { SluiceError } from '../../src/core/errors.ts';
import { sealOf } from '../../src/core/settle/ahead.ts';
import type { Queue } from '../../src/core/ports.ts';
import { hasEnded, type ImportRecord } from '../../src/core/imports/import.ts';
import { formatWork, parseWork, type WorkMessage } from '../../src/core/imports/work.ts';
import { retry } from '../../src/engine/retry.ts';
import type { FunctionEvent } from '../../src/lambda/function-event.ts';
import { capacity } from '../capacity.ts';
import { memoryLedger } from '../../src/engine/memory-ledger.ts';
import { refusedAll, simTable } from '../table.ts';
import { virtualClock } from '../virtual-clock.ts';
import { bucket as simBucket, creationEvent } from './bucket.ts';
import { chance } from './chance.ts';
import { judgeCost, restMs } from './cost.ts';
import { brokenFile, csvFile, REFUSED_TEXT } from './csv-file.ts';
import { datasetsOf } from './datasets.ts';
import { lambdaFunction } from './function.ts';
import { functionProcess, type Mutant } from './function-process.ts';
import { history as simHistory } from './history.ts';
import { type Deletion, planOf, type Upload } from './plan.ts';
import { INJECTED, type Services } from './ports.ts';
import { ledgerWatch } from './ledger-watch.ts';
import { timeText } from './time-text.ts';
import { judge } from './verdict.ts';
import { dynamoDbService } from './wire/dynamodb-service.ts';
import { LEDGER_TABLE, ledgerOverWire } from './wire/ledger-wire.ts';
import { warmUp } from './wire/warm-up.ts';
import { importsIn, watchRecords } from './wire/watched-records.ts';
import type { Violation } from './violation.ts';
import { watchedLedger } from './watched-ledger.ts';
import { resultsWatch } from './watched-results.ts';
import { tableWatch } from './watched-table.ts';
import { workQueue, type WorkQueue } from './work-queue.ts';

export type WorldResult = {
  readonly seed: number;
  /** The first violation; null: there was none. */
  readonly violation: Violation | null;
  readonly virtualMs: number;
  readonly billedMs: number;
  readonly invocations: number;
};

export type WorldOptions = {
  readonly seed: number;
  /** Receives each line of the trace. */
  readonly trace?: (line: string) => void;
  /** A wrong build of the engine: a layer between it and its ports. */
  readonly mutant?: Mutant;
};

const MINUTE_MS = 60_000;
/** Mixed into the seed, so that older worlds stay as they were before these queues were consumed. */
const QUEUES_STREAM = 0x00dead;
const LAG_STREAM = 0x01a9_1a95;
/** Longer than requests to the ledger are denied, and than clocks are set forward. */
const PATIENCE_MS = 15 * MINUTE_MS;
/** Errors with which a message may fail before it is retried. */
const PASSING: ReadonlySet<string> = new Set(['object-unreadable', 'table-unavailable']);

/** Runs one world to its end, or to the first violation. The same seed always runs the same way. */
export async function runWorld({ seed, trace, mutant = {} }: WorldOptions): Promise<WorldResult> {
  const plan = planOf(seed);
  if (plan.wire !== null) await warmUp();
  const draw = chance(seed + 0x51_1ce);
  const clock = virtualClock({ seed, startMs: 0 });
  const datasets = datasetsOf(plan);
  const history = simHistory();
  const bucket = simBucket({ versioned: plan.versioned });
  let violation: Violation | null = null;
  let deadLetters = 0;
  let reportViolation = (): void => undefined;
  const violated = new Promise<void>((resolve) => {
    reportViolation = resolve;
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
        ? refusedAll(items.length, REFUSED_TEXT)
        : null,
  });
  const queue = workQueue({
    clock,
    chance: draw.fork(),
    visibilityMs: plan.timeoutMs + MINUTE_MS,
    maxReceives: plan.maxReceives,
    duplicates: () => (clock.now() < plan.calmMs ? plan.duplicateMessages : 0),
    onDead: (body) => {
      deadLetters++;
      dead.send(body, 0);
    },
    say: (text) => say('queue', text),
  });
  const others = chance(seed ^ QUEUES_STREAM);
  const dead = endless('dead');
  const failedEvents = endless('failed');
  /** Imports whose messages may be lost, because a person has purged the queue. */
  const purged = new Set<string>();
  const services: Services = {
    clock,
    bucket,
    table,
    ...openLedger(),
    results: new Map(),
    queue,
    tableWatch: tableWatch({ clock, history, violate, inOrder: plan.inOrder }),
    resultsWatch: resultsWatch({ clock, history, violate }),
    plan,
    onDenied: (owner) => history.denied.add(owner),
    onSend: seeSend,
  };
  const patienceMs = plan.wire === null ? 0 : PATIENCE_MS;
  const lambda = lambdaFunction({
    clock,
    chance: draw.fork(),
    plan,
    queues: { load: queue, stall: dead, event: failedEvents },
    requests: draw,
    start: () => functionProcess({ services, datasets, history, patienceMs, mutant, hear }),
    say,
    onLateRequest: (who, name) => {
      // A closed stream may have requested its next piece.
      if (name !== 'read') violate('no-work-after-return', `${who} continues after it has returned: ${name}`);
    },
  });
  const plainQueue: Queue = {
    send: async (message, delayMs) => queue.send(formatWork(message), delayMs),
    hide: async () => undefined,
    waiting: async () => queue.waiting,
  };
  let toCome = plan.uploads.length + plan.deletions.length;
  for (const upload of plan.uploads) void drop(upload);
  for (const deletion of plan.deletions) void remove(deletion);
  void purge();
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
    reportViolation();
  }

  async function drop(upload: Upload): Promise<void> {
    const own = draw.fork();
    await clock.sleep(upload.atMs);
    const file = upload.broken === null ? csvFile(upload.terms, own) : brokenFile(BROKEN[upload.broken]);
    const version = bucket.put(upload.key, file, clock.now());
    history.add(version);
    say('person', `uploads ${version.name}: ${file.rows.length} rows, ${file.body.length} bytes`);
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

  async function purge(): Promise<void> {
    if (plan.purgeMs === null) return;
    await clock.sleep(plan.purgeMs);
    say('person', `purges the queue of ${queue.size} messages`);
    for (const body of queue.bodies) purged.add(parseWork(body).importId);
    queue.purge();
  }

  async function untilRest(): Promise<void> {
    const limitMs = Math.max(plan.calmMs, ...plan.uploads.map(({ atMs }) => atMs)) + restMs(plan);
    for (let round = 1; !(await isAtRest()); round++) {
      if (clock.now() > limitMs) {
        const left = `${queue.size} messages, ${await openImports()}`;
        violate('import-ends', `no rest after ${timeText(restMs(plan))}: ${left}`);
        return;
      }
      await clock.sleep(10_000);
      if (round % 30 !== 0) continue;
      lambda.sweep();
      await retryStalled();
    }
  }

  async function isAtRest(): Promise<boolean> {
    const messages = queue.size + dead.size + failedEvents.size;
    if (toCome > 0 || !lambda.isIdle || messages > 0) return false;
    return services.records === null
      ? (await services.ledger.listOpen(1, null)).length === 0
      : !importsIn(services.records.items).some(({ isOpen }) => isOpen);
  }

  /** What an operator does: retries stalled imports. Everything else must recover without help. */
  async function retryStalled(): Promise<void> {
    for (const { id, status } of await records()) {
      if (status !== 'stalled') continue;
      // An import behind which others have begun is given up: nobody says that it may be loaded over them.
      const outcome = await retry({ ledger: services.ledger, queue: plainQueue }, id).catch(String);
      say('operator', `sluice retry ${id}: ${JSON.stringify(outcome)}`);
    }
  }

  /** A message that the sweep queues again was lost. That is a violation, unless a person has purged the queue. */
  function seeSend(owner: string, { importId, chunk }: WorkMessage): void {
    // Where imports wait for their turn, the sweep may be the first to see that it is theirs.
    if (!owner.startsWith('sweep') || purged.has(importId) || plan.inOrder) return;
    // An event that is repeated later queues the messages itself.
    if (!lambda.isOnlySweeping || failedEvents.size > 0) return;
    const isThere = queue.bodies
      .map(parseWork)
      .some((one) => one.importId === importId && one.chunk === chunk);
    if (!isThere) violate('message-kept', `chunk ${chunk} of import ${importId} has no message left`);
  }

  function openLedger(): Pick<Services, 'ledger' | 'records'> {
    const watch = ledgerWatch({ clock, history, violate, seal: sealOf(datasets[0]!) });
    if (plan.wire === null) return { ledger: watchedLedger(memoryLedger(), watch), records: null };
    const { indexLagMs, pageItems } = plan.wire;
    const lags = chance(seed ^ LAG_STREAM);
    const records = dynamoDbService({
      table: LEDGER_TABLE,
      nowMs: () => clock.now(),
      lagMs: () => lags.between(0, indexLagMs),
      pageItems,
      onWrite: watchRecords(watch),
    });
    const ledger = ledgerOverWire(async (target, body) => records.call(target, body));
    return { ledger, records };
  }

  function endless(name: string): WorkQueue {
    return workQueue({
      clock,
      chance: others.fork(),
      visibilityMs: plan.timeoutMs + MINUTE_MS,
      maxReceives: Infinity,
      duplicates: () => 0,
      onDead: () => undefined,
      say: (text) => say(name, text),
    });
  }

  async function records(): Promise<readonly ImportRecord[]> {
    if (services.records !== null) return importsIn(services.records.items);
    return services.ledger.listImports(null, Infinity);
  }

  async function openImports(): Promise<string> {
    const open = (await records()).filter(({ status }) => !hasEnded(status));
    return open.map(({ id, object, status }) => `${id} (${object.key}) is ${status}`).join(', ');
  }

  function hear(event: FunctionEvent, tell: (text: string) => void): void {
    if (event.level === 'debug') return;
    const { type, level: _, ...facts } = event;
    if (type === 'import done') history.of(event.importId).endsReported.add('done');
    if (type === 'import failed') history.of(event.importId).endsReported.add('failed');
    if (type === 'import superseded') history.of(event.importId).endsReported.add('superseded');
    const text = Object.entries(facts)
      .filter(isTold)
      .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
    tell(`· ${type}: ${text.join(', ')}`);
    if (type === 'import stalled' && event.code === 'message-lost' && !purged.has(event.importId))
      violate('message-kept', `import ${event.importId} is stalled because its messages are lost`);
    if (!('error' in event)) return;
    const { error } = event;
    const isPassing = error instanceof SluiceError && PASSING.has(error.code);
    if (isPassing || (error instanceof Error && error.message.includes(INJECTED))) return;
    const stack = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
    violate('no-unexpected-failure', `${type}: ${stack}`);
  }
}

/** The log line names the import, and an error by its reason. */
function isTold([name]: readonly [string, unknown]): boolean {
  return name !== 'importId' && name !== 'error';
}

const BROKEN = { empty: '', 'no-key-column': 'number,name\n1,one\n' };
