import type { CapacityMode } from '../capacity.ts';
import { type Chance, chance } from './chance.ts';
import type { FileTerms } from './csv-file.ts';

/** Shares of the requests to one service that have a fault, by kind. */
export type ServiceFaults = {
  readonly throttled: number;
  readonly slow: number;
  /** Under way for many seconds. */
  readonly stuck: number;
  readonly lost: number;
  readonly unanswered: number;
  readonly late: number;
  readonly repeated: number;
};

/** Faults that only worlds with the real adapters have. Shares of the connections, or of the requests. */
export type WireFaults = {
  /** The server closes a connection that is idle for this time. */
  readonly idleConnectionMs: number;
  /** Of the connections that the server has closed: the client does not notice, and its next request on them fails. */
  readonly staleConnections: number;
  /** Answers with a wrong checksum. */
  readonly garbledAnswers: number;
  readonly expiredCredentials: number;
  /** From when credentials are issued. */
  readonly credentialsMs: number;
  /** Credentials name the time when they expire. */
  readonly expiryKnown: boolean;
  /** Until then this share of the requests to the ledger's table is denied: the role's rights do not apply everywhere yet. */
  readonly deniedUntilMs: number;
  readonly deniedRequests: number;
  /** A change is visible in an index of the ledger's table after this time at most. */
  readonly indexLagMs: number;
  /** A query of the ledger's table returns at most this many items a page. */
  readonly pageItems: number;
};

/** How the function's processes are reused; between two invocations a process is frozen. */
export type ProcessReuse = {
  /** Of the invocations: those that take an idle process, if there is one. */
  readonly reusedShare: number;
  /** An idle process ends after this time. */
  readonly keepMs: number;
  /** The monotonic clock stands still while the process is frozen. */
  readonly clockStops: boolean;
};

export type Upload = {
  readonly atMs: number;
  readonly key: string;
  readonly terms: FileTerms;
  /** Instead of the file: one that has no rows to load. */
  readonly broken: 'empty' | 'no-key-column' | null;
};

export type Deletion = { readonly atMs: number; readonly key: string };

/** All that happens in one world, and its faults, drawn from the seed. */
export type Plan = {
  readonly seed: number;
  readonly versioned: boolean;
  /** The dataset loads its files in order of arrival, and they have keys in common. */
  readonly inOrder: boolean;
  readonly sortKey: boolean;
  /** null: the table accepts every write. */
  readonly mode: CapacityMode | null;
  readonly creditSeconds: number;
  /** Files are cut into chunks of about `chunkBytes`, and `parallel` are loaded at a time; keys do not repeat in such files. null: one chunk. */
  readonly cut: { readonly chunkBytes: number; readonly parallel: number } | null;
  /** More rejects fail an import; null: no limit. */
  readonly maxRejects: number | null;
  readonly uploads: readonly Upload[];
  readonly deletions: readonly Deletion[];
  /** From then on there are no faults. */
  readonly calmMs: number;
  readonly timeoutMs: number;
  readonly coldMs: number;
  /** Concurrent invocations for messages; events have their own. */
  readonly concurrency: number;
  readonly maxReceives: number;
  /** Bytes of one piece of an object. */
  readonly pieceBytes: number;
  /** Shares of the invocations that are killed at a request or at a time, and of those that are frozen for a time. */
  readonly killShare: number;
  readonly freezeShare: number;
  /** Two hosts' clocks differ by at most this when an invocation begins. */
  readonly skewMs: number;
  /** Share of the invocations during which the host's clock is set. */
  readonly stepShare: number;
  readonly duplicateEvents: number;
  readonly lateEvents: number;
  readonly duplicateMessages: number;
  readonly lostDeletes: number;
  /** When a person purges the work queue; null: never. */
  readonly purgeMs: number | null;
  readonly faults: { readonly [service in Service]: ServiceFaults };
  /** null: the engine's ports are the modelled services. Otherwise the adapters of src/aws are between engine and services. */
  readonly wire: WireFaults | null;
  /** null: each invocation has a new process. Reuse matters only with real adapters, which keep state. */
  readonly processes: ProcessReuse | null;
};

export type Service = 'table' | 'ledger' | 'results' | 'queue' | 'source';

/** Two hosts' clocks differ by at most this. */
export const SKEW_MS = 5000;
const MINUTE_MS = 60_000;
/** Mixed into the seed. */
const GZIP_STREAM = 0x1f8b_0808;
const CLOCK_STREAM = 0x0c10_c480;
const LARGE_STREAM = 0x0100_0000;
const PURGE_STREAM = 0x0020_97e5;
const PURGE_SHARE = 0.15;
const ORDER_STREAM = 0x0a_11_0e;
const ORDER_SHARE = 0.2;
const WIRE_STREAM = 0x5d5d_afa0;
/** Of the worlds: the SDK's clients make a world several times slower. */
const WIRE_SHARE = 0.2;
/** Of the worlds: each of these takes some seconds. */
const LARGE_SHARE = 0.01;
const LARGEST_STREAM = 0x0186_a000;
/** Of the worlds with a large file: the file has this many rows. */
const LARGEST_SHARE = 0.3;
const LARGEST_ROWS = 100_000;
const KINDS = ['throttled', 'slow', 'lost', 'unanswered', 'late', 'repeated'] as const;

/**
 * The theme of a world. In most worlds, each kind of fault is present or absent with equal chance: all together would hide what one
 * alone reveals. The other themes concentrate on one thing.
 */
type Theme =
  | 'any'
  /** No faults. */
  | 'calm'
  /** No faults; a large file and a slow table. */
  | 'slow'
  /** Versions of a key arrive close together, while some requests to the ledger are slow. */
  | 'duel'
  /** Many processes die while they load files with many rejects. */
  | 'crashes';

export function planOf(seed: number): Plan {
  const draw = chance(seed);
  const theme = themeOf(draw);
  const mode = modeOf(draw, theme);
  const isFast = mode?.kind !== 'provisioned';
  const cut =
    isFast && draw.happens(0.4)
      ? { chunkBytes: Math.round(draw.magnitude(1000, 30_000)), parallel: draw.whole(2, 5) }
      : null;
  const sortKey = draw.happens(0.3);
  const isTroubled = theme !== 'calm' && theme !== 'slow';
  const half = (low: number, high: number) => (draw.happens(0.5) ? 0 : draw.fork().magnitude(low, high));
  const some = (low: number, high: number) => (theme === 'any' ? half(low, high) : 0);
  // Separate streams, so that older worlds stay as they were, apart from gzip, set clocks, large files and purges.
  const clocks = chance(seed ^ CLOCK_STREAM);
  const large = chance(seed ^ LARGE_STREAM);
  const purges = chance(seed ^ PURGE_STREAM);
  const isLargest = chance(seed ^ LARGEST_STREAM).happens(LARGEST_SHARE);
  const suffix = chance(seed ^ GZIP_STREAM).happens(0.1) ? '.gz' : '';
  const plain =
    theme === 'slow'
      ? [largeUpload(draw.fork(), sortKey)]
      : uploadsOf(draw.fork(), { sortKey, mode, theme, unique: cut !== null });
  const order = chance(seed ^ ORDER_STREAM);
  const inOrder = theme !== 'slow' && order.happens(ORDER_SHARE);
  const uploads = plain.map((upload) => ({
    ...upload,
    key: upload.key + suffix,
    terms: inOrder ? { ...upload.terms, keyPrefix: 'k' } : upload.terms,
  }));
  const lastMs = Math.max(...uploads.map(({ atMs }) => atMs));
  const plan: Plan = {
    seed,
    versioned: draw.happens(0.6),
    inOrder,
    sortKey,
    mode,
    creditSeconds: draw.pick([0, 0, 60, 300]),
    cut,
    maxRejects: rejectsOf(draw.happens(0.1) ? draw.whole(0, 20) : null),
    uploads,
    deletions: theme === 'any' ? deletionsOf(draw.fork(), uploads) : [],
    calmMs: isTroubled ? lastMs + draw.magnitude(5, 90) * MINUTE_MS : 0,
    timeoutMs: draw.pick([15, 20, 30, 60, 120, 300, 900]) * 1000,
    coldMs: draw.between(50, 2000),
    concurrency: draw.pick([2, 2, 3, 5, 10]),
    maxReceives: draw.pick([5, 5, 10]),
    pieceBytes: Math.round(draw.magnitude(200, 64 * 1024)),
    killShare: theme === 'crashes' ? draw.between(0.5, 0.9) : some(0.05, 0.7),
    freezeShare: some(0.02, 0.3),
    skewMs: draw.happens(0.3) ? 0 : SKEW_MS,
    stepShare: isTroubled && clocks.happens(0.4) ? clocks.magnitude(0.05, 1) : 0,
    duplicateEvents: half(0.1, 0.9),
    lateEvents: half(0.05, 0.5),
    duplicateMessages: half(0.02, 0.2),
    lostDeletes: half(0.02, 0.2),
    purgeMs: isTroubled && purges.happens(PURGE_SHARE) ? purges.between(0, lastMs + 30 * MINUTE_MS) : null,
    faults: {
      table: { ...faultsOf(some, 0.1), ...(theme === 'crashes' ? { throttled: 0.2 } : {}) },
      ledger: { ...faultsOf(some, 0.05), ...(theme === 'duel' ? { stuck: 0.12 } : {}) },
      results: faultsOf(some, 0.1),
      queue: faultsOf(some, 0.1),
      source: faultsOf(some, 0.02),
    },
    ...wireOf(chance(seed ^ WIRE_STREAM)),
  };
  return isTroubled && large.happens(LARGE_SHARE) ? { ...plan, ...largeFile(large, isLargest) } : plan;

  /** Imports that fail while other loaders of theirs still write are what the next one in the order must wait for. */
  function rejectsOf(drawn: number | null): number | null {
    return inOrder && cut !== null ? order.whole(0, 5) : drawn;
  }
}

/** One file that takes minutes to load, because the table is slow but too fast for parking; the host's clock is set meanwhile. */
function largeFile(draw: Chance, isLargest: boolean): Partial<Plan> {
  const rows = Math.round(draw.magnitude(20_000, LARGEST_ROWS));
  const uploads = [largeUpload(draw, false, isLargest ? LARGEST_ROWS : rows)];
  return {
    sortKey: false,
    inOrder: false,
    mode: { kind: 'provisioned', units: draw.whole(320, 600) },
    creditSeconds: 0,
    cut: null,
    maxRejects: null,
    uploads,
    deletions: [],
    calmMs: 30 * MINUTE_MS,
    timeoutMs: draw.pick([120, 300, 900]) * 1000,
    pieceBytes: 64 * 1024,
    killShare: draw.between(0, 0.3),
    freezeShare: draw.between(0, 0.3),
    stepShare: draw.between(0.3, 1),
  };
}

function themeOf(draw: Chance): Theme {
  const drawn = draw.next();
  if (drawn < 0.05) return 'calm';
  if (drawn < 0.1) return 'slow';
  if (drawn < 0.25) return 'duel';
  return drawn < 0.4 ? 'crashes' : 'any';
}

function wireOf(draw: Chance): Pick<Plan, 'wire' | 'processes'> {
  if (!draw.happens(WIRE_SHARE)) return { wire: null, processes: null };
  const some = (most: number) => (draw.happens(0.5) ? 0 : draw.magnitude(most / 100, most));
  const wire: WireFaults = {
    staleConnections: draw.happens(0.5) ? 0 : draw.between(0.2, 1),
    garbledAnswers: some(0.05),
    expiredCredentials: some(0.05),
    deniedUntilMs: draw.happens(0.3) ? draw.between(0, 4 * MINUTE_MS) : 0,
    deniedRequests: draw.between(0.05, 0.5),
    indexLagMs: draw.magnitude(1, 5000),
    pageItems: draw.pick([2, 5, 20]),
    idleConnectionMs: draw.magnitude(200, 20_000),
    credentialsMs: draw.magnitude(20_000, 20 * MINUTE_MS),
    expiryKnown: draw.happens(0.5),
  };
  const processes: ProcessReuse = {
    reusedShare: draw.pick([0.3, 0.9, 1]),
    keepMs: draw.magnitude(MINUTE_MS, 60 * MINUTE_MS),
    clockStops: draw.happens(0.5),
  };
  return { wire, processes };
}

function faultsOf(some: (low: number, high: number) => number, most: number): ServiceFaults {
  const shares = KINDS.map((kind) => [kind, some(0.001, most)]);
  return { ...(Object.fromEntries(shares) as Omit<ServiceFaults, 'stuck'>), stuck: 0 };
}

function modeOf(draw: Chance, theme: Theme): CapacityMode | null {
  if (theme === 'slow') return { kind: 'provisioned', units: draw.whole(1, 5) };
  if (theme === 'crashes' && draw.happens(0.7))
    return { kind: 'provisioned', units: Math.round(draw.magnitude(1, 50)) };
  if (draw.happens(0.3)) return null;
  if (draw.happens(0.2)) return { kind: 'on-demand' };
  return { kind: 'provisioned', units: Math.round(draw.magnitude(1, 500)) };
}

/** One to four keys; some have several versions, close together or far apart. */
function uploadsOf(
  draw: Chance,
  { sortKey, mode, theme, unique }: Pick<Plan, 'sortKey' | 'mode'> & { theme: Theme; unique: boolean },
): Upload[] {
  const uploads: Upload[] = [];
  // A world of one write unit must end within hours, not days.
  const mostRows = mode?.kind === 'provisioned' ? Math.min(2000, 200 + mode.units * 100) : 2000;
  const names = draw.pick([1, 1, 2, 4]);
  for (let name = 0; name < names; name++) {
    const keys = draw.whole(1, Math.round(draw.magnitude(2, theme === 'duel' ? 50 : mostRows * 2)));
    let atMs = draw.between(0, 2 * MINUTE_MS);
    const versions = theme === 'duel' ? draw.whole(2, 4) : draw.pick([1, 1, 2, 3]);
    for (let version = 0; version < versions; version++) {
      const terms: FileTerms = {
        rows: Math.round(draw.magnitude(1, mostRows)),
        keyPrefix: `k${name}`,
        keys,
        unique,
        sortKey,
        mark: `${name}.${version}`,
        rejectShare: draw.pick(theme === 'crashes' ? [0.01, 0.03] : [0, 0.02, 0.3]),
        tableRefuses: draw.happens(0.3),
        largeShare: draw.pick([0, 0, 0.05]),
      };
      const broken = draw.happens(0.04) ? draw.pick(['empty', 'no-key-column'] as const) : null;
      uploads.push({ atMs, key: `in/file ${name}+ü.csv`, terms, broken });
      atMs += theme === 'duel' ? draw.between(10, 20_000) : draw.magnitude(10, 20 * MINUTE_MS);
    }
  }
  return uploads;
}

function largeUpload(draw: Chance, sortKey: boolean, rows = draw.whole(500, 4000)): Upload {
  const fixed = {
    keyPrefix: 'k0',
    keys: 10 * rows,
    unique: false,
    sortKey,
    mark: '0.0',
    tableRefuses: false,
  };
  const terms = { ...fixed, rows, rejectShare: 0.02, largeShare: draw.pick([0, 0.05]) };
  return { atMs: draw.between(0, MINUTE_MS), key: 'in/large.csv', terms, broken: null };
}

function deletionsOf(draw: Chance, uploads: readonly Upload[]): Deletion[] {
  if (draw.happens(0.8)) return [];
  const { atMs, key } = draw.pick(uploads);
  return [{ atMs: atMs + draw.magnitude(10, 10 * MINUTE_MS), key }];
}
