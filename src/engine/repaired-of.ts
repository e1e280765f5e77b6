import { repairCount, type RepairCount } from '../core/imports/repairs.ts';
import type { Ledger } from '../core/ports.ts';

/** How many of the import's rejected rows a later import has loaded; null: no row was rejected. */
export async function repairedOf(
  ledger: Ledger,
  importId: string,
  rejected: number,
): Promise<RepairCount | null> {
  return rejected === 0 ? null : repairCount(await ledger.readRepairs(importId), rejected);
}
