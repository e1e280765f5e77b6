/** Until when a loader may read, and until when it may send. Times are of the monotonic clock. */
export type ChunkDeadlines = {
  readonly readUntilMs: number;
  readonly sendUntilMs: number;
  /** Ends reading now, and sending soon: what is read is still written. */
  stopSoon(nowMs: number): void;
};

/** The last part of the time is for what is in flight: at most this, or a third of all. */
const RESERVE_MS = 25_000;
/** After `stopSoon`, what is read may be sent for this time. */
const STOP_MS = 5000;

/** `deadlineMs`: when everything must have ended; Infinity: never. */
export function chunkDeadlines(nowMs: number, deadlineMs: number): ChunkDeadlines {
  const reserveMs = Math.min(RESERVE_MS, (deadlineMs - nowMs) / 3);
  let readUntilMs = deadlineMs - reserveMs;
  let sendUntilMs = deadlineMs - reserveMs / 2;
  return {
    get readUntilMs() {
      return readUntilMs;
    },
    get sendUntilMs() {
      return sendUntilMs;
    },
    stopSoon: (stopMs) => {
      readUntilMs = stopMs;
      sendUntilMs = Math.min(sendUntilMs, stopMs + STOP_MS);
    },
  };
}
