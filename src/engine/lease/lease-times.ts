/**
 * The times that make a lease exclusive. DynamoDB cannot fence a batch write, so none may be carried out after its loader's lease has
 * ended, by anybody's clock: a loader sends nothing in the last QUIET_MS of its lease.
 */

/** A lease is asked for this long, and renewed with each checkpoint. */
export const LEASE_MS = 60_000;
/** `TableWriter.write` answers within this time: at most three requests of 10 s. */
const MAX_WRITE_MS = 30_000;
/** For this time after its connection is lost, a request may still be carried out. An assumption: AWS states no bound. */
export const LINGER_MS = 5_000;
/** What the clocks of two hosts may differ by. */
export const SKEW_MS = 5_000;
export const QUIET_MS = MAX_WRITE_MS + LINGER_MS + SKEW_MS;
/** `Results.put` returns within this time: a late write must not replace the file of the next loader. */
export const PUT_MS = 50_000;
