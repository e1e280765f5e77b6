import type { Signal } from './signal.ts';

/** Reads a source one piece ahead of who takes the pieces. */
export type Prefetch = {
  /** The next piece; 'pending' until it is there (the signal then tells); 'end' behind the last. Throws what the source threw. */
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

  /** Doesn't wait: a source that hangs must not keep its reader. What it throws now concerns nobody. */
  function close(): void {
    iterator.return?.().catch(() => undefined);
  }
}
