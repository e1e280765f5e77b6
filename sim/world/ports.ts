import { SluiceError } from '../../src/core/errors.ts';
import { isCompressed } from '../../src/core/csv/file-kind.ts';
import type {
  Clock,
  Operation,
  Ledger,
  TableWriter,
  TextStream,
  WriteOutcome,
} from '../../src/core/ports.ts';
import { formatWork, parseWork, type WorkMessage } from '../../src/core/imports/work.ts';
import type { LoadPorts } from '../../src/engine/load.ts';
import { type BatchPut, type BatchReply, batchReply, errorReply } from '../batch-answer.ts';
import type { Attributes } from '../item.ts';
import type { SimTable } from '../table.ts';
import type { Bucket } from './bucket.ts';
import type { Chance } from './chance.ts';
import { type Fate, type Life, LINGER_MS } from './life.ts';
import type { Plan, Service, ServiceFaults, WireFaults } from './plan.ts';
import type { ResultsWatch } from './watched-results.ts';
import type { TableWatch } from './watched-table.ts';
import { queueOverWire } from './wire/queue-wire.ts';
import { resultsOverWire, sourceOverWire } from './wire/s3-wire.ts';
import { tableOverWire } from './wire/table-wire.ts';
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
    ledger: ledgerPort(),
    ...(plan.wire === null ? directPorts() : wirePorts(plan.wire)),
  };

  function directPorts(): Omit<LoadPorts, 'clock' | 'ledger'> {
    return {
      source: { read },
      table: () => ({ write, close: async () => undefined }),
      results: { put },
      queue: {
        send: (message, delayMs) =>
          send(formatWork(message), Math.min(900_000, Math.ceil(delayMs / 1000) * 1000)),
        hide: (receipt, forMs) => hide(receipt, Math.max(0, Math.ceil(forMs / 1000) * 1000)),
        waiting,
      },
    };
  }

  /** The adapters that run in AWS, over the same services. */
  function wirePorts(faults: WireFaults): Omit<LoadPorts, 'clock' | 'ledger'> {
    const happens = (share: number) => clock.now() < plan.calmMs && chance.happens(share);
    const source = sourceOverWire({
      clock: life.clock,
      bucket,
      pieceBytes: plan.pieceBytes,
      request: (effect) => request('source', 'read', effect),
    });
    return {
      // Its text stands in the bucket for a compressed object.
      source: {
        read: (object, ...range) =>
          isCompressed(object) ? read(object, ...range) : source.read(object, ...range),
      },
      table: () => {
        const adapter = tableOverWire({
          clock: life.clock,
          worldMs: () => clock.now(),
          sortKey: plan.sortKey,
          isStale: () => happens(faults.staleConnections),
          isGarbled: () => happens(faults.garbledAnswers),
          exchange: (puts) => exchange(puts, happens(faults.expiredCredentials)),
        });
        return { ...adapter, write: (texts) => watched(texts, (given) => adapter.write(given)) };
      },
      results: resultsOverWire(put),
      queue: queueOverWire({ send, hide, waiting }),
    };
  }

  function waiting(): Promise<number> {
    return request('queue', 'waiting', () => queue.waiting);
  }

  function put(name: string, body: Uint8Array): Promise<string> {
    const copy = body.slice();
    return request('results', `put ${name}`, () => {
      say(`put ${name}, ${copy.length} bytes`);
      resultsWatch.kept(owner, name, copy);
      results.set(name, copy);
      return `sim://${name}`;
    });
  }

  function send(body: string, delayMs: number): Promise<void> {
    return request('queue', 'send', () => {
      services.onSend(owner, parseWork(body));
      say(`send ${body} in ${Math.round(delayMs / 1000)} s`);
      queue.send(body, delayMs);
    });
  }

  function hide(receipt: string, forMs: number): Promise<void> {
    return request('queue', 'hide', () => queue.hide(receipt, forMs));
  }

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

  function exchange(puts: () => readonly BatchPut[], isExpired: boolean): Promise<BatchReply> {
    return life.request<BatchReply>(
      'write',
      fateOf('table'),
      () => {
        if (isExpired)
          return errorReply('ExpiredTokenException', {
            message: `${INJECTED}: The security token has expired`,
          });
        const landing = { write: land, close: () => table.close() };
        return batchReply(landing, 'sim', puts(), plan.mode?.kind ?? 'on-demand');
      },
      () => {
        throw new Error(`${INJECTED}: table answers nothing`);
      },
    );
  }

  function write(texts: readonly Operation[]): Promise<WriteOutcome> {
    const copies = texts.map(({ kind, bytes, start, end }) => {
      const copy = bytes.slice(start, end);
      return { kind, bytes: copy, start: 0, end: copy.length };
    });
    const held = copies.map((_, index) => index);
    return watched(copies, (given) =>
      life.request<WriteOutcome>(
        'write',
        fateOf('table'),
        () => land(given),
        () => ({ kind: 'answered', held, reason: 'unavailable', units: 0 }),
      ),
    );
  }

  /** A write, and the loader's being told of it. */
  async function watched(texts: readonly Operation[], send: TableWriter['write']): Promise<WriteOutcome> {
    const items = itemsOf(texts);
    const outcome = await send(texts);
    tableWatch.told(owner, writtenOf(items, outcome));
    return outcome;
  }

  /** What a request does where it reaches the table. */
  async function land(texts: readonly Operation[]): Promise<WriteOutcome> {
    const items = itemsOf(texts);
    const outcome = await table.write(texts);
    say(`write ${describeWrite(items, outcome)}`);
    tableWatch.landed(owner, writtenOf(items, outcome));
    return outcome;
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

function itemsOf(texts: readonly Operation[]): readonly Attributes[] {
  return texts.map(
    ({ bytes, start, end }) => JSON.parse(Buffer.from(bytes.subarray(start, end)).toString()) as Attributes,
  );
}

function writtenOf(items: readonly Attributes[], outcome: WriteOutcome): readonly Attributes[] {
  if (outcome.kind === 'refused') return [];
  const held = new Set(outcome.held);
  return items.filter((_, index) => !held.has(index));
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
