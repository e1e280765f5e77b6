import type { Signal } from './signal.ts';

/** Reads a source one piece ahead of who takes the pieces. */
export type Prefetch = {
  /** The next piece; 'pending' until it has arrived (the signal then notifies); 'end' after the last. Throws what the source threw. */
  take(): Uint8Array | 'pending' | 'end';
  close(): void;
};

export function prefetch(source: AsyncIterable<Uint8Array>, signal: Signal): Prefetch {
  const iterator = source[Symbol.asyncIterator]();
  let piece: Uint8Array | 'pending' | 'end' = 'pending';
  let failure: { error: unknown } | null = null;
  void fetchNext();

  return { take, close };

  function take(): Uint8Array | 'pending' | 'end' {
    if (failure !== null) throw failure.error;
    const taken = piece;
    if (typeof taken === 'string') return taken;
    piece = 'pending';
    void fetchNext();
    return taken;
  }

  async function fetchNext(): Promise<void> {
    try {
      const result = await iterator.next();
      piece = result.done === true ? 'end' : result.value;
    } catch (error) {
      failure = { error };
    }
    signal.notify();
  }

  /** Does not wait, because the source may hang. An error of the source is ignored from now on. */
  function close(): void {
    iterator.return?.().catch(() => undefined);
  }
}
