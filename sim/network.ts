/** The latency and the faults of requests. */
export type Network = {
  /** From the request to its answer, in milliseconds. */
  latencyMs(): number;
  fate(): Fault | null;
};

/**
 * A 5xx answer to a request that had no effect; a request that never arrives; a lost answer to a request that was carried out.
 */
export type Fault = 'server-error' | 'lost-request' | 'lost-answer';

export type NetworkOptions = {
  readonly random: () => number;
  /** "Amazon DynamoDB features": single-digit milliseconds. Default 5. */
  readonly medianMs?: number;
  /** Share of the requests that take up to 50 times as long. Default 0.002. */
  readonly tailShare?: number;
  /** Shares of the requests. Default 0. */
  readonly serverErrors?: number;
  readonly lostRequests?: number;
  readonly lostAnswers?: number;
};

export function network(options: NetworkOptions): Network {
  const { random, medianMs = 5, tailShare = 0.002 } = options;
  const { serverErrors = 0, lostRequests = 0, lostAnswers = 0 } = options;
  return { latencyMs, fate };

  /** Between half and twice the median, rarely much longer. */
  function latencyMs(): number {
    if (tailShare > 0 && random() < tailShare) return medianMs * (2 + 48 * random() ** 3);
    return medianMs * 2 ** (random() + random() - 1);
  }

  function fate(): Fault | null {
    if (serverErrors + lostRequests + lostAnswers === 0) return null;
    const chance = random();
    if (chance < serverErrors) return 'server-error';
    if (chance < serverErrors + lostRequests) return 'lost-request';
    return chance < serverErrors + lostRequests + lostAnswers ? 'lost-answer' : null;
  }
}
