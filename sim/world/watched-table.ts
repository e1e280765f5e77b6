import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../src/core/ports.ts';
import type { Attributes } from '../item.ts';
import { chunkAt, type History, type ImportHistory } from './history.ts';
import type { Violate } from './violation.ts';

/** Called for the items that land in the table, with their sender; and for those that the sender knows to be written. */
export type TableWatch = {
  landed(owner: string, items: readonly Attributes[]): void;
  confirmed(owner: string, items: readonly Attributes[]): void;
};

/** Compares landed items with the file's rows, the writer's lease, and the items before. */
export function tableWatch(options: {
  clock: Clock;
  history: History;
  violate: Violate;
  inOrder: boolean;
}): TableWatch {
  const { clock, history, violate, inOrder } = options;
  const { holders } = history;
  const byMark = new Map<string, ImportHistory>();
  /** The newest version of which a row has landed. */
  let newest: ImportHistory | null = null;
  /** The last row that has landed, by owner and key. */
  const lastOf = new Map<string, number>();

  return {
    landed: (owner, items) => {
      for (const item of items) land(owner, item);
    },
    confirmed: (owner, items) => {
      for (const item of items) {
        const { by, index } = rowOf(item);
        const row = by?.version.file.rows[index];
        if (by === undefined || row === undefined) continue;
        const claim = chunkAt(by, row.startBytes)?.claim;
        if (claim?.owner === owner) claim.written.add(index);
      }
    },
  };

  function rowOf(item: Attributes): { by: ImportHistory | undefined; index: number } {
    const mark = String(item['mark']?.['S']);
    const slash = mark.lastIndexOf('/');
    return { by: importOf(mark.slice(0, slash)), index: Number(mark.slice(slash + 1)) };
  }

  function land(owner: string, item: Attributes): void {
    const { by, index } = rowOf(item);
    const row = by?.version.file.rows[index];
    if (by === undefined || row === undefined || !isDeepStrictEqual(row.item, item)) {
      violate('table-equals-files', `${owner} wrote an item that equals no row: ${JSON.stringify(item)}`);
      return;
    }
    const { name } = by.version;
    checkLease(owner, by, row.startBytes, `row ${index} (line ${row.line}) of ${name}`);
    const claim = chunkAt(by, row.startBytes)?.claim;
    if (claim?.owner === owner && claim.inherited.has(index)) {
      violate(
        'nothing-twice',
        `${owner} wrote row ${index} of ${name}: its checkpoint recorded it as settled`,
      );
    }
    if (inOrder && newest !== null && newest.version.number > by.version.number) {
      violate(
        'files-in-order',
        `${owner} wrote row ${index} of ${name} after a row of ${newest.version.name}`,
      );
    }
    if (newest === null || newest.version.number < by.version.number) newest = by;
    const holder = holders.get(row.key);
    if (holder !== undefined && holder.by.version.number > by.version.number) {
      violate('newest-wins', `${owner} wrote row ${index} of ${name} over ${holder.by.version.name}'s`);
    }
    const ownKey = `${owner} ${row.key}`;
    const last = lastOf.get(ownKey) ?? -1;
    if (last > index) {
      violate('rows-in-order', `${owner} wrote row ${index} of ${name} after row ${last}, key ${row.key}`);
    }
    lastOf.set(ownKey, index);
    by.landed.add(index);
    holders.set(row.key, { by, row: index });
  }

  function checkLease(owner: string, by: ImportHistory, startBytes: number, what: string): void {
    const lease = chunkAt(by, startBytes)?.lease ?? null;
    if (lease?.owner !== owner) {
      violate(
        'lease-held',
        `${owner} wrote ${what}; ${lease === null ? 'no loader' : lease.owner} holds the lease`,
      );
    } else if (lease.untilMs < clock.now()) {
      const lateMs = Math.round(clock.now() - lease.untilMs);
      violate('lease-held', `${owner} wrote ${what} ${lateMs} ms after its lease`);
    }
  }

  function importOf(mark: string): ImportHistory | undefined {
    const known = byMark.get(mark);
    if (known !== undefined) return known;
    const found = history.all.find(({ version }) => version.file.mark === mark);
    if (found !== undefined) byMark.set(mark, found);
    return found;
  }
}
