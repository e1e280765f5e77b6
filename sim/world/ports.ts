import { SluiceError } from '../../src/core/errors.ts';
import type {
  Clock,
  Operation,
  Ledger,
  TableWriter,
  TextStream,
  WriteOutcome,
} from '../../src/core/ports.ts';
import { formatWork, parseWork, type WorkMessage } from '../../src/core/imports/work.ts';
import type { LoadPorts } from '../../src/engine/loading/load-message.ts';
import { errorReply, wireReply, type WireReply, type WireWrite } from '../wire-reply.ts';
import type { Attributes } from '../item.ts';
import { copyOf } from '../operation.ts';
import type { SimTable } from '../table.ts';
import { tableAsDeclared } from '../table-as-declared.ts';
import { modelOperation } from '../write-model.ts';
import type { Bucket } from './bucket.ts';
import type { Invocation } from './invocation.ts';
import type { Fate } from './life.ts';
import type { Plan, Service, ServiceFaults, WireFaults } from './plan.ts';
import { requestFate } from './request-fate.ts';
import { brief, describeWrite } from './trace-text.ts';
import type { ResultsWatch } from './watched-results.ts';
import type { TableWatch } from './watched-table.ts';
import type { DynamoDbAnswer, DynamoDbService } from './wire/dynamodb-service.ts';
import { describeAnswer, describeRequest, ledgerOverWire, refusal } from './wire/ledger-wire.ts';
import { queueOverWire } from './wire/queue-wire.ts';
import { resultsOverWire, sourceOverWire } from './wire/s3-wire.ts';
import { tableOverWire } from './wire/table-wire.ts';
import type { WorkQueue } from './work-queue.ts';

/** The services of the world, shared by all processes. */
export type Services = {
  readonly clock: Clock;
  readonly bucket: Bucket;
  readonly table: SimTable;
  /** The modelled ledger, or the real adapter without faults. */
  readonly ledger: Ledger;
  /** The ledger's table, where the adapters are real. */
  readonly records: DynamoDbService | null;
  readonly results: Map<string, Uint8Array>;
  readonly queue: WorkQueue;
  readonly tableWatch: TableWatch;
  readonly resultsWatch: ResultsWatch;
  readonly plan: Plan;
  readonly onDenied: (owner: string) => void;
  /** Called for each message before it is in the queue. */
  readonly onSend: (owner: string, message: WorkMessage) => void;
};

/** Marks an error that the world injects: it is not a fault of the engine. */
export const INJECTED = 'sim: injected';

/**
 * The ports of one process: what its invocation requests goes through that invocation's life, and meets the faults of the plan. An
 * adapter lasts as long as the process.
 */
export function ports(services: Services, invocation: () => Invocation): LoadPorts {
  const { clock, bucket, table, results, queue, tableWatch, resultsWatch, plan } = services;
  const ownClock: Clock = {
    now: () => invocation().life.clock.now(),
    monotonic: () => invocation().life.clock.monotonic(),
    random: () => invocation().life.clock.random(),
    sleep: (...args) => invocation().life.clock.sleep(...args),
  };
  return { clock: ownClock, ...(plan.wire === null ? directPorts() : wirePorts(plan.wire)) };

  function directPorts(): Omit<LoadPorts, 'clock'> {
    return {
      ledger: ledgerPort(),
      source: { read },
      table: () => ({ write, close: async () => undefined }),
      describeTable: tableAsDeclared,
      results: { put },
      queue: {
        send: (message, delayMs) =>
          send(formatWork(message), Math.min(900_000, Math.ceil(delayMs / 1000) * 1000)),
        hide: (receipt, forMs) => hide(receipt, Math.max(0, Math.ceil(forMs / 1000) * 1000)),
        waiting,
      },
    };
  }

  /** The real adapters, over the same services. */
  function wirePorts(faults: WireFaults): Omit<LoadPorts, 'clock'> {
    const happens = (share: number) => clock.now() < plan.calmMs && invocation().chance.happens(share);
    const source = sourceOverWire({
      clock: ownClock,
      bucket,
      pieceBytes: plan.pieceBytes,
      request: (effect) => request('source', 'read', effect),
    });
    const adapter = tableOverWire({
      clock: ownClock,
      worldMs: () => clock.now(),
      sortKey: plan.sortKey,
      idleConnectionMs: faults.idleConnectionMs,
      credentialsMs: faults.credentialsMs,
      expiryKnown: faults.expiryKnown,
      isStale: () => happens(faults.staleConnections),
      isGarbled: () => happens(faults.garbledAnswers),
      exchange: (puts, isExpired) => exchange(puts, happens(faults.expiredCredentials) || isExpired),
    });
    const writer: TableWriter = {
      ...adapter,
      write: (texts) => watched(texts, (given) => adapter.write(given)),
    };
    return {
      ledger: ledgerOverWire((target, body) => exchangeRecord(target, body, faults, happens)),
      // The bucket holds a compressed object as its text.
      source: {
        read: (object, ...range) =>
          isZipped(object) ? read(object, ...range) : source.read(object, ...range),
      },
      table: () => writer,
      describeTable: tableAsDeclared,
      results: resultsOverWire(put),
      queue: queueOverWire({ send, hide, waiting }),
    };
  }

  /** A request of the ledger's adapter. A refused request has no effect. */
  function exchangeRecord(
    target: string,
    body: string,
    faults: WireFaults,
    happens: (share: number) => boolean,
  ): Promise<DynamoDbAnswer> {
    const name = describeRequest(target, body);
    const { owner, life, chance, say } = invocation();
    const { fate, isThrottled } = requestFate('ledger', faultsOf('ledger'), chance);
    const isDenied = clock.now() < faults.deniedUntilMs && happens(faults.deniedRequests);
    const isExpired = happens(faults.expiredCredentials);
    return life.request<DynamoDbAnswer>(
      `ledger.${name}`,
      fate,
      () => {
        if (isDenied) services.onDenied(owner);
        const answer = isDenied
          ? refusal('AccessDeniedException', `${INJECTED}: not authorized`)
          : isExpired
            ? refusal('ExpiredTokenException', `${INJECTED}: the security token has expired`)
            : services.records!.call(target, body);
        say(`${name} → ${describeAnswer(answer)}`);
        return answer;
      },
      () => {
        if (isThrottled) return refusal('ProvisionedThroughputExceededException', `${INJECTED}: throttled`);
        throw new Error(`${INJECTED}: the ledger's table answers nothing`);
      },
    );
  }

  function waiting(): Promise<number> {
    return request('queue', 'waiting', () => queue.waiting);
  }

  function put(name: string, body: Uint8Array): Promise<string> {
    const copy = body.slice();
    const { owner, say } = invocation();
    return request('results', `put ${name}`, () => {
      say(`put ${name}, ${copy.length} bytes`);
      resultsWatch.kept(owner, name, copy);
      results.set(name, copy);
      return `sim://${name}`;
    });
  }

  function send(body: string, delayMs: number): Promise<void> {
    const { owner, say } = invocation();
    return request('queue', 'send', () => {
      services.onSend(owner, parseWork(body));
      say(`send ${body} in ${Math.round(delayMs / 1000)} s`);
      queue.send(body, delayMs);
    });
  }

  function hide(receipt: string, forMs: number): Promise<void> {
    return request('queue', 'hide', () => queue.hide(receipt, forMs));
  }

  /** Each method of the modelled ledger is one request. */
  function ledgerPort(): Ledger {
    const methods = Object.entries(services.ledger) as [string, (...args: unknown[]) => Promise<unknown>][];
    return Object.fromEntries(
      methods.map(([name, method]) => [
        name,
        (...args: unknown[]) =>
          request('ledger', `ledger.${name}`, async () => {
            const answer = await traced(name, args, () => method(...args));
            return answer;
          }),
      ]),
    ) as Ledger;
  }

  async function traced(name: string, args: unknown[], call: () => Promise<unknown>): Promise<unknown> {
    const { say } = invocation();
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

  function exchange(write: () => WireWrite, isExpired: boolean): Promise<WireReply> {
    const sender = invocation();
    return sender.life.request<WireReply>(
      'write',
      fateOf('table'),
      () => {
        if (isExpired)
          return errorReply('ExpiredTokenException', {
            message: `${INJECTED}: The security token has expired`,
          });
        // What the condition was compared with: the item at the time of the write.
        let before: Attributes | null = null;
        const stored = () => before;
        const landing = {
          write: (given: readonly Operation[]) => {
            before = table.stored(modelOperation(given[0]!).attributes);
            return land(sender, given);
          },
          close: () => table.close(),
        };
        return wireReply(landing, 'sim', write(), plan.mode?.kind ?? 'on-demand', stored);
      },
      () => {
        throw new Error(`${INJECTED}: table answers nothing`);
      },
    );
  }

  function write(texts: readonly Operation[]): Promise<WriteOutcome> {
    const copies = texts.map(copyOf);
    const held = copies.map((_, index) => index);
    const sender = invocation();
    return watched(copies, (given) =>
      sender.life.request<WriteOutcome>(
        'write',
        fateOf('table'),
        () => land(sender, given),
        () => ({ held, reason: 'unavailable', units: 0 }),
      ),
    );
  }

  /** Writes, and records what the loader knows to be written. */
  async function watched(texts: readonly Operation[], send: TableWriter['write']): Promise<WriteOutcome> {
    const { owner } = invocation();
    const items = itemsOf(texts);
    const outcome = await send(texts);
    tableWatch.confirmed(owner, writtenOf(items, outcome));
    return outcome;
  }

  /** The effect of a request at the table. */
  async function land({ owner, say }: Invocation, texts: readonly Operation[]): Promise<WriteOutcome> {
    const items = itemsOf(texts);
    const outcome = await table.write(texts);
    say(`write ${describeWrite(items, outcome)}`);
    tableWatch.landed(owner, writtenOf(items, outcome));
    return outcome;
  }

  /** The bucket holds a compressed object as its text: decompression only adds time. Its bytes are seen only by what tells gzip. A text too short to be gzip is read as it is. */
  function read(
    ...[object, startBytes, endBytes, coding]: Parameters<LoadPorts['source']['read']>
  ): TextStream {
    const isTold = coding?.compression === 'gzip' || object.sizeBytes < GZIP_MAGIC.length;
    if (isZipped(object) && !isTold) return zippedBytes();
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

  async function* zippedBytes(): AsyncGenerator<Uint8Array> {
    yield await request('source', 'read', () => Uint8Array.from(GZIP_MAGIC));
  }

  function request<T>(service: Service, name: string, effect: () => T | Promise<T>): Promise<T> {
    return invocation().life.request(name, fateOf(service), effect, () => {
      if (service === 'source')
        throw new SluiceError('object-unreadable', `${INJECTED}: the stream breaks again and again`);
      throw new Error(`${INJECTED}: ${service} answers nothing`);
    });
  }

  function fateOf(service: Service): Fate {
    return requestFate(service, faultsOf(service), invocation().chance).fate;
  }

  function faultsOf(service: Service): ServiceFaults | null {
    return clock.now() < plan.calmMs ? plan.faults[service] : null;
  }
}

function itemsOf(texts: readonly Operation[]): readonly Attributes[] {
  return texts.map(
    ({ bytes, start, end }) => JSON.parse(Buffer.from(bytes.subarray(start, end)).toString()) as Attributes,
  );
}

function writtenOf(items: readonly Attributes[], outcome: WriteOutcome): readonly Attributes[] {
  const others = new Set([
    ...outcome.held,
    ...(outcome.kept ?? []).map(({ index }) => index),
    ...(outcome.refused ?? []).flatMap(({ indexes }) => indexes),
  ]);
  return items.filter((_, index) => !others.has(index));
}

const GZIP_MAGIC = [0x1f, 0x8b, 8, 0];

function isZipped({ key }: { readonly key: string }): boolean {
  return key.endsWith('.gz');
}
