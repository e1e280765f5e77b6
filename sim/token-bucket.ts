/** A store of units that fills at a steady rate and never holds more than its capacity. */
export type TokenBucket = {
  /** Whether it holds the units. A request for more than its capacity needs a full bucket, and leaves a debt. */
  has(units: number, nowMs: number): boolean;
  take(units: number): void;
  /** Sets rate and capacity from now on; the tokens stay, up to the new capacity. */
  resize(unitsPerSecond: number, capacity: number, nowMs: number): void;
};

export function tokenBucket(options: {
  unitsPerSecond: number;
  capacity: number;
  /** Tokens at `startMs`. */
  tokens: number;
  startMs: number;
}): TokenBucket {
  let { unitsPerSecond, capacity, tokens } = options;
  let filledAtMs = options.startMs;

  return { has, take, resize };

  function has(units: number, nowMs: number): boolean {
    fill(nowMs);
    // A rounding error must not withhold the last unit.
    return tokens >= Math.min(units, capacity) - 1e-6;
  }

  function take(units: number): void {
    tokens -= units;
  }

  function resize(newUnitsPerSecond: number, newCapacity: number, nowMs: number): void {
    fill(nowMs);
    unitsPerSecond = newUnitsPerSecond;
    capacity = newCapacity;
    tokens = Math.min(tokens, capacity);
  }

  function fill(nowMs: number): void {
    if (nowMs <= filledAtMs) return;
    tokens = Math.min(capacity, tokens + (unitsPerSecond * (nowMs - filledAtMs)) / 1000);
    filledAtMs = nowMs;
  }
}
