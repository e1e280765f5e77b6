/** What becomes of a request on its way and back. */
export type Network = {
  /** From sending to the answer, in milliseconds. */
  latencyMs(): number;
  fate(): Fault | null;
};

/**
 * An answer of the 5xx kind to a request that did nothing; a request that never arrives; an answer that never comes, though the
 * request did what it should.
 */
export type Fault = 'server-error' | 'lost-request' | 'lost-answer';

export type NetworkOptions = {
  readonly random: () => number;
  /** The middle one; "Amazon DynamoDB features": single-digit milliseconds. Default 5. */
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

  /** Between a half and twice the median, mostly near it; rarely much longer. */
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
