import { Stream } from 'node:stream';

/** An item as it goes on the wire: binary values are base64 texts. */
export type WireItem = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The table as `CreateTable` describes it. */
export type TableDescription = { readonly TableName: string };

type Done = (error: unknown, value?: unknown) => void;

/** A range of keys, as dynalite asks LevelDB for it. */
type Range = {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
  /** Negative: all. */
  readonly limit?: number;
};

type ItemDb = {
  get(key: string, done: Done): void;
  put(key: string, item: WireItem, done: Done): void;
  del(key: string, done: Done): void;
  lock(key: string, run: (release: (done: Done) => Done) => void): void;
  createValueStream(range: Range): Stream;
};

/** What dynalite's actions use of its store. */
export type DynaliteStore = {
  readonly options: { readonly maxItemSize: number };
  getTable(name: string, done: Done): void;
  getItemDb(name: string): ItemDb;
  getIndexDb(kind: string, table: string, index: string): ItemDb;
};

export type DynamoDbStore = DynaliteStore & {
  readonly items: ReadonlyMap<string, WireItem>;
  /** Emits what the streams of the last action hold: dynalite listens to them after it has asked for them. */
  flush(): void;
};

/**
 * One table and its indexes for dynalite's actions, in memory. Dynalite's own store answers in later turns of the event loop; this
 * one answers within the call, so that an action is one step of virtual time. An index is eventually consistent: a change is
 * visible in it `lagMs` after the write.
 */
export function dynamoDbStore(options: {
  readonly table: TableDescription;
  readonly nowMs: () => number;
  readonly lagMs: () => number;
  readonly onWrite: (before: WireItem | null, after: WireItem) => void;
}): DynamoDbStore {
  const streams: (() => void)[] = [];
  const items = sortedMap();
  const indexes = new Map<string, ItemDb>();
  const table = itemDb(items, (key, item) => {
    const before = items.map.get(key) ?? null;
    items.set(key, item);
    if (item !== null) options.onWrite(before, item);
  });

  return {
    options: { maxItemSize: 400 * 1024 },
    items: items.map,
    getTable: (name, done) => {
      if (name === options.table.TableName) done(null, options.table);
      else done(missingTable(name));
    },
    getItemDb: () => table,
    getIndexDb: (_kind, _table, name) => {
      const index = indexes.get(name) ?? laggingDb();
      indexes.set(name, index);
      return index;
    },
    flush: () => {
      for (const emit of streams.splice(0)) emit();
    },
  };

  function laggingDb(): ItemDb {
    const shown = sortedMap();
    const pending: { readonly atMs: number; readonly apply: () => void }[] = [];
    const change = (key: string, item: WireItem | null) => {
      // In the order of the writes.
      const atMs = Math.max(pending.at(-1)?.atMs ?? 0, options.nowMs() + options.lagMs());
      pending.push({ atMs, apply: () => shown.set(key, item) });
    };
    return itemDb(shown, change, () => {
      while (pending.length > 0 && pending[0]!.atMs <= options.nowMs()) pending.shift()!.apply();
    });
  }

  function itemDb(
    sorted: SortedMap,
    change: (key: string, item: WireItem | null) => void,
    beforeReading: () => void = () => undefined,
  ): ItemDb {
    return {
      get(key, done) {
        const item = sorted.map.get(key);
        if (item === undefined) done({ name: 'NotFoundError' });
        else done(null, item);
      },
      put(key, item, done) {
        change(key, item);
        done(null);
      },
      del(key, done) {
        change(key, null);
        done(null);
      },
      lock: (_key, run) => run((done) => done),
      createValueStream(range) {
        beforeReading();
        const found = sorted.within(range);
        const stream = new Stream();
        streams.push(() => {
          for (const item of found) stream.emit('data', item);
          stream.emit('end');
        });
        return stream;
      },
    };
  }
}

type SortedMap = {
  readonly map: ReadonlyMap<string, WireItem>;
  /** null: removes the key. */
  set(key: string, item: WireItem | null): void;
  within(range: Range): readonly WireItem[];
};

function sortedMap(): SortedMap {
  const map = new Map<string, WireItem>();
  let keys: string[] | null = [];
  return {
    map,
    set(key, item) {
      if (item === null) map.delete(key);
      else map.set(key, item);
      keys = null;
    },
    within({ gt, gte, lt, lte, reverse = false, limit = -1 }) {
      keys ??= [...map.keys()].sort();
      const found = keys.filter(
        (key) =>
          (gt === undefined || key > gt) &&
          (gte === undefined || key >= gte) &&
          (lt === undefined || key < lt) &&
          (lte === undefined || key <= lte),
      );
      if (reverse) found.reverse();
      return (limit < 0 ? found : found.slice(0, limit)).map((key) => map.get(key)!);
    },
  };
}

function missingTable(name: string): Error {
  return Object.assign(new Error(`no table ${name}`), {
    statusCode: 400,
    body: {
      __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
      message: 'Requested resource not found',
    },
  });
}
