import { SluiceError } from '../../src/core/errors.ts';
import type { Clock, Ledger, TextStream, WriteOutcome } from '../../src/core/ports.ts';
import { formatWork, type WorkMessage } from '../../src/core/work.ts';
import type { LoadPorts } from '../../src/engine/load.ts';
import type { Attributes } from '../item.ts';
import type { SimTable } from '../table.ts';
import type { Bucket } from './bucket.ts';
import type { Chance } from './chance.ts';
import { type Fate, type Life, LINGER_MS } from './life.ts';
import type { Plan, Service, ServiceFaults } from './plan.ts';
import type { ResultsWatch } from './watched-results.ts';
import type { TableWatch } from './watched-table.ts';
import type { WorkQueue } from './work-queue.ts';

/** What the world has: each thing once, whoever uses it. */
export type Services = {
  readonly clock: Clock;
  readonly bucket: Bucket;
  readonly table: SimTable;
  readonly ledger: Ledger;
  readonly results: Map<string, Uint8Array>;
  readonly queue: WorkQueue;
  readonly tableWatch: TableWatch;
  readonly resultsWatch: ResultsWatch;
  readonly plan: Plan;
  /** Sees each message before it is in the queue. */
  readonly onSend: (owner: string, message: WorkMessage) => void;
};

/** An error that the world has made, and that isn't the engine's fault. */
export const INJECTED = 'sim: injected';

/** A client gives one attempt up after this time, and an SDK makes three; a batch of items gets one attempt of the loader's own. */
const ATTEMPT_MS: { readonly [service in Service]: number } = {
  table: 10_000,
  ledger: 15_000,
  results: 15_000,
  queue: 15_000,
  source: 30_000,
};
const ATTEMPTS = 3;

/** The ports of one invocation: its requests go through its life, and meet what the plan has for them. */
export function ports(
  services: Services,
  owner: string,
  life: Life,
  chance: Chance,
  say: (text: string) => void,
): LoadPorts {
  const { clock, bucket, table, results, queue, tableWatch, resultsWatch, plan } = services;
  return {
    clock: life.clock,
    source: { read },
    table: () => ({ write, close: async () => undefined }),
    results: {
      put: (name, body) => {
        const copy = body.slice();
        return request('results', `put ${name}`, () => {
          say(`put ${name}, ${copy.length} bytes`);
          resultsWatch.kept(owner, name, copy);
          results.set(name, copy);
          return `sim://${name}`;
        });
      },
    },
    queue: {
      send: (message, delayMs) =>
        request('queue', 'send', () => {
          say(`send ${formatWork(message)} in ${Math.round(delayMs / 1000)} s`);
          services.onSend(owner, message);
          queue.send(formatWork(message), Math.min(900_000, Math.ceil(delayMs / 1000) * 1000));
        }),
      hide: (receipt, forMs) =>
        request('queue', 'hide', () => queue.hide(receipt, Math.max(0, Math.ceil(forMs / 1000) * 1000))),
      waiting: () => request('queue', 'waiting', () => queue.waiting),
    },
    ledger: ledgerPort(),
  };

  /** Each method of the ledger as a request, whatever methods it has. */
  function ledgerPort(): Ledger {
    const methods = Object.entries(services.ledger) as [string, (...args: unknown[]) => Promise<unknown>][];
    return Object.fromEntries(
      methods.map(([name, method]) => [
        name,
        (...args: unknown[]) =>
          request('ledger', `ledger.${name}`, async () => {
            const answer = await told(name, args, () => method(...args));
            return answer;
          }),
      ]),
    ) as Ledger;
  }

  async function told(name: string, args: unknown[], call: () => Promise<unknown>): Promise<unknown> {
    const asked = args.map(brief).filter((text) => text !== '');
    try {
      const answer = await call();
      say(`${name}(${asked.join(', ')}) → ${brief(answer)}`);
      return answer;
    } catch (error) {
      say(`${name}(${asked.join(', ')}) → ${error instanceof SluiceError ? error.code : String(error)}`);
      throw error;
    }
  }

  async function write(texts: Parameters<SimTable['write']>[0]): Promise<WriteOutcome> {
    const copies = texts.map(({ bytes, start, end }) => {
      const copy = bytes.slice(start, end);
      return { bytes: copy, start: 0, end: copy.length };
    });
    const held = copies.map((_, index) => index);
    const items = copies.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()) as Attributes);
    const outcome = await life.request<WriteOutcome>(
      'write',
      fateOf('table'),
      async () => {
        const effect = await table.write(copies);
        say(`write ${describeWrite(items, effect)}`);
        tableWatch.landed(owner, writtenOf(effect));
        return effect;
      },
      () => ({ kind: 'answered', held, reason: 'unavailable', units: 0 }),
    );
    tableWatch.told(owner, writtenOf(outcome));
    return outcome;

    function writtenOf(answer: WriteOutcome): readonly Attributes[] {
      const missing = new Set(answer.kind === 'answered' ? answer.held : held);
      return items.filter((_, index) => !missing.has(index));
    }
  }

  /** A compressed object stands in the bucket as its text: what inflating adds is time only. */
  function read(...[object, startBytes, endBytes]: Parameters<LoadPorts['source']['read']>): TextStream {
    const stopBytes = Math.min(endBytes, object.sizeBytes);
    let readBytes = 0;
    return {
      get share() {
        return readBytes / object.sizeBytes;
      },
      async *[Symbol.asyncIterator]() {
        for (let at = startBytes; at < stopBytes; at += plan.pieceBytes) {
          const end = Math.min(at + plan.pieceBytes, stopBytes);
          yield await request('source', 'read', () => bucket.read(object, at, end));
          readBytes = end;
        }
      },
    };
  }

  function request<T>(service: Service, name: string, effect: () => T | Promise<T>): Promise<T> {
    return life.request(name, fateOf(service), effect, () => {
      if (service === 'source')
        throw new SluiceError('object-unreadable', `${INJECTED}: the stream breaks again and again`);
      throw new Error(`${INJECTED}: ${service} answers nothing`);
    });
  }

  function fateOf(service: Service): Fate {
    const outMs = chance.between(1, 6);
    const backMs = chance.between(1, 6);
    const answered: Fate = { kind: 'answered', outMs, backMs };
    if (clock.now() >= plan.calmMs) return answered;
    const attemptMs = ATTEMPT_MS[service];
    const longestMs = attemptMs * ATTEMPTS;
    switch (pick(plan.faults[service])) {
      case null:
        return answered;
      case 'throttled':
        return { kind: 'lost', giveUpMs: chance.between(50, 3000) };
      case 'slow':
        return chance.happens(0.5)
          ? { kind: 'answered', outMs: chance.magnitude(10, longestMs), backMs }
          : { kind: 'answered', outMs, backMs: chance.magnitude(10, longestMs) };
      case 'stuck':
        return { kind: 'answered', outMs: chance.between(3000, 15_000), backMs };
      case 'lost':
        return { kind: 'lost', giveUpMs: chance.pick([attemptMs, longestMs]) };
      case 'unanswered':
        return { kind: 'unanswered', outMs, giveUpMs: chance.pick([outMs, attemptMs, longestMs]) };
      case 'late':
        return {
          kind: 'late',
          giveUpMs: chance.pick([outMs, attemptMs, longestMs]),
          lateMs: chance.between(0, LINGER_MS),
        };
      case 'repeated':
        // The table's adapter leaves repeating to the loader.
        if (service === 'table') return { kind: 'unanswered', outMs, giveUpMs: outMs + backMs };
        return { kind: 'repeated', outMs, againMs: chance.pick([100, attemptMs, 2 * attemptMs]), backMs };
    }
  }

  function pick(faults: ServiceFaults): keyof ServiceFaults | null {
    let drawn = chance.next();
    for (const [kind, share] of Object.entries(faults) as [keyof ServiceFaults, number][]) {
      if (drawn < share) return kind;
      drawn -= share;
    }
    return null;
  }
}

/** Rows by their numbers; those that the table holds back in brackets. */
function describeWrite(items: readonly Attributes[], outcome: WriteOutcome): string {
  const held = new Set(outcome.kind === 'answered' ? outcome.held : []);
  const rows = items.map((item, index) => {
    const row = String(item['mark']?.['S']).replace(/.*\//, '');
    return held.has(index) ? `(${row})` : row;
  });
  if (outcome.kind === 'refused') return `rows ${rows.join(' ')} → refused`;
  return `rows ${rows.join(' ')} → ${outcome.reason ?? 'written'}`;
}

const TOLD = new Set([
  'kind',
  'status',
  'takenOver',
  'isNew',
  'epoch',
  'offsetBytes',
  'line',
  'code',
  'importId',
]);
const TOLD_WITHIN = new Set(['record', 'chunk', 'checkpoint', 'failure', 'lease']);

/** A word or two of what was asked or answered, for the trace. */
function brief(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value))
    return value.length > 3 ? `${value.length} of them` : `[${value.map(brief).join(' ')}]`;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  const parts: string[] = [];
  for (const [name, part] of Object.entries(value)) {
    if (TOLD.has(name)) parts.push(typeof part === 'string' ? part : `${name} ${JSON.stringify(part)}`);
    else if (TOLD_WITHIN.has(name) && typeof part === 'object') parts.push(brief(part));
    else if (name === 'counts') parts.push(Object.values(part as object).join('/'));
  }
  return parts.filter((part) => part !== '').join(' ');
}
