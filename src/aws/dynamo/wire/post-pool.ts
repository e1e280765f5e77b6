import type { Clock } from '../../../core/ports.ts';
import type { HttpAnswer, LostAnswer, PostConnection, PostRequest } from './post-connection.ts';

/** What the caller makes of an answer. After one that isn't sound, nothing on that connection can be trusted: it is closed. */
export type Reading<T> = { readonly value: T; readonly sound: boolean };

export type PostPool = {
  /**
   * Sends one POST and answers what `read` makes of its answer. Where it takes longer than the request timeout, waiting for a
   * free connection included, the connection is closed and the answer lost. Never rejects.
   */
  post<T>(request: PostRequest, read: (answer: HttpAnswer | LostAnswer) => Reading<T>): Promise<T>;
  /** Ends everything under way; its answers are lost. */
  close(): void;
};

export type PostPoolOptions = {
  readonly connect: () => PostConnection;
  /** Open at once, at most. */
  readonly connections: number;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
};

type Job = {
  readonly request: PostRequest;
  readonly deadlineMs: number;
  readonly settle: (answer: HttpAnswer | LostAnswer) => boolean;
  /** null while the job waits for one. */
  connection: PostConnection | null;
};

/**
 * Connections to one endpoint. Jobs go to the connection that was used last, so that no more stay open than are needed; on
 * each runs one exchange at a time, so that closing a connection ends exactly the exchange that is late.
 */
export function postPool(options: PostPoolOptions): PostPool {
  const closing = new AbortController();
  const idle: PostConnection[] = [];
  const waiting: Job[] = [];
  /** Waiting and under way, in the order in which they are due. */
  const jobs = new Set<Job>();
  let open = 0;
  let watching = false;

  return { post, close };

  function post<T>(request: PostRequest, read: (answer: HttpAnswer | LostAnswer) => Reading<T>): Promise<T> {
    return new Promise((resolve) => {
      const settle = (answer: HttpAnswer | LostAnswer) => {
        const { value, sound } = read(answer);
        resolve(value);
        return sound;
      };
      if (closing.signal.aborted) {
        settle({ status: 0, error: new Error('the table was closed') });
        return;
      }
      const deadlineMs = options.clock.monotonic() + options.requestTimeoutMs;
      const job: Job = { request, deadlineMs, settle, connection: null };
      jobs.add(job);
      const connection = idle.pop() ?? openConnection();
      if (connection === null) waiting.push(job);
      else start(job, connection);
      if (!watching) void watch();
    });
  }

  function openConnection(): PostConnection | null {
    if (open >= options.connections) return null;
    open++;
    return options.connect();
  }

  function start(job: Job, connection: PostConnection): void {
    job.connection = connection;
    connection.send(job.request, (answer) => {
      jobs.delete(job);
      const sound = job.settle(answer);
      if (sound && answer.status !== 0) {
        idle.push(connection);
      } else {
        open--;
        connection.destroy(new Error('the connection gave no sound answer'));
      }
      startNext();
    });
  }

  function startNext(): void {
    if (waiting.length === 0) return;
    const connection = idle.pop() ?? openConnection();
    if (connection !== null) start(waiting.shift()!, connection);
  }

  /** Runs while there are jobs, and ends those that are late. */
  async function watch(): Promise<void> {
    watching = true;
    for (let oldest = first(jobs); oldest !== undefined; oldest = first(jobs)) {
      await options.clock.sleep(oldest.deadlineMs - options.clock.monotonic(), closing.signal);
      const nowMs = options.clock.monotonic();
      for (const job of jobs) {
        if (job.deadlineMs > nowMs) break;
        end(job, new Error('no answer in time'));
      }
    }
    watching = false;
  }

  function end(job: Job, error: Error): void {
    jobs.delete(job);
    if (job.connection !== null) {
      job.connection.destroy(error);
      return;
    }
    waiting.splice(waiting.indexOf(job), 1);
    job.settle({ status: 0, error });
  }

  function close(): void {
    closing.abort();
    const error = new Error('the table was closed');
    for (const job of jobs) end(job, error);
    for (const connection of idle.splice(0)) connection.destroy(error);
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  return set.values().next().value;
}
