import type { Checkpoint, Failure, Lease } from '../../core/imports/import.ts';
import type { WorkMessage } from '../../core/imports/work.ts';
import type { Ledger, Queue } from '../../core/ports.ts';
import type { Emit } from '../events.ts';
import type { Claim } from './keeper.ts';

type Ports = { readonly queue: Queue; readonly ledger: Ledger };

/** Delay of a message that hands a chunk on: it should arrive after the release of the lease. */
export const HAND_ON_MS = 1000;
/** Between two attempts while a right or a table is missing. */
const WAIT_MS = 30_000;

/**
 * Hands a chunk on: queues the rest under the next epoch, and releases the lease. The message comes first: if the lease is never
 * released, the present message is delivered again too. The release sets the next epoch, so copies of the present message are dropped.
 */
export async function handOn(
  { queue, ledger }: Ports,
  message: WorkMessage,
  { lease }: Claim,
  checkpoint: Checkpoint,
  delayMs: number,
): Promise<void> {
  const epoch = message.epoch + 1;
  await queue.send({ ...message, epoch }, delayMs);
  await ledger.release(lease, checkpoint, epoch);
}

/**
 * Hands a chunk on whose load needs a right or a table that is missing: after a deployment these take a while. The new message has
 * all its attempts, and no function runs meanwhile.
 */
export async function waitForDeployment(
  ports: Ports,
  message: WorkMessage,
  claim: Claim,
  failure: Failure,
  untilMs: number,
  emit: Emit,
): Promise<void> {
  const { importId, chunk: index, epoch } = message;
  const chunk = (await ports.ledger.readChunks(importId)).find((one) => one.index === index);
  await handOn(ports, message, claim, chunk?.checkpoint ?? claim.chunk.checkpoint, WAIT_MS);
  await ports.ledger.mark(importId, 'queued', failure);
  const until = new Date(untilMs).toISOString();
  emit({ type: 'import waiting', level: 'warn', importId, chunk: index, epoch, ...failure, until });
}

/** Releases the lease of a failed import, so that a newer version of its object does not wait for the lease to expire. */
export async function releaseIfOwned(ledger: Ledger, lease: Lease, epoch: number): Promise<void> {
  const chunk = (await ledger.readChunks(lease.importId)).find(({ index }) => index === lease.chunk);
  if (chunk?.lease?.owner === lease.owner) await ledger.release(lease, chunk.checkpoint, epoch);
}
