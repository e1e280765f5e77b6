import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SluiceError } from '../../src/core/errors.ts';
import { unfinished, writeFileAtomic } from '../disk/atomic-file.ts';
import { createSerial } from '../disk/serial.ts';
import { type Queue, createQueue } from './queue.ts';

/** All queues, each in one JSON file of its own. */
export type QueueStore = {
  readonly queues: ReadonlyMap<string, Queue>;
  create(name: string, attributes: Record<string, string>): Promise<Queue>;
  /** Resolves when what the queue holds now (or later) is on disk. Many at a time share one write. */
  save(queue: Queue): Promise<void>;
  delete(queue: Queue): Promise<void>;
};

const stateSchema = z.strictObject({
  name: z.string(),
  createdAtMs: z.number(),
  modifiedAtMs: z.number(),
  attributes: z.record(z.string(), z.string()),
  messages: z.array(
    z.strictObject({
      id: z.string(),
      body: z.string(),
      sentAtMs: z.number(),
      deadLetterSourceArn: z.string().optional(),
      visibleAtMs: z.number(),
      receiveCount: z.number(),
      firstReceivedAtMs: z.number(),
      receipt: z.string().nullable(),
    }),
  ),
});

/** Throws `file-unreadable` if a queue's file is not what this store writes. */
export async function openQueueStore(folder: string, now: () => number): Promise<QueueStore> {
  await mkdir(folder, { recursive: true });
  const queues = await readQueues(folder, now);
  // A queue may be made again under a name whose file is still being deleted.
  const serially = createSerial();
  /** For each queue that is being written: the write under way, and the one that will follow it. */
  const writes = new Map<Queue, { current: Promise<void>; next: Promise<void> | null }>();
  // A queue's name consists of letters, digits, - and _, so it is a file's name as well.
  const fileOf = (queue: Queue): string => join(folder, `${queue.state.name}.json`);

  const write = async (queue: Queue): Promise<void> => {
    // Deleted while the write was waiting: it must not come back.
    if (queues.get(queue.state.name) !== queue) return;
    await writeFileAtomic(fileOf(queue), JSON.stringify(queue.state));
  };
  const start = (queue: Queue): Promise<void> => {
    const current = write(queue).finally(() => {
      if (writes.get(queue)?.next === null) writes.delete(queue);
    });
    writes.set(queue, { current, next: null });
    return current;
  };
  const save = (queue: Queue): Promise<void> => {
    const writing = writes.get(queue);
    if (writing === undefined) return start(queue);
    // The write under way may have missed the latest change: one more is needed, however many wait for it.
    writing.next ??= writing.current.catch(() => undefined).then(() => start(queue));
    return writing.next;
  };

  return {
    queues,
    create(name, attributes) {
      const queue = createQueue(
        { name, createdAtMs: now(), modifiedAtMs: now(), attributes, messages: [] },
        now,
      );
      queues.set(name, queue);
      return serially(async () => {
        await save(queue);
        return queue;
      });
    },
    save,
    delete(queue) {
      queues.delete(queue.state.name);
      return serially(async () => {
        await writes.get(queue)?.current.catch(() => undefined);
        await rm(fileOf(queue), { force: true });
      });
    },
  };
}

async function readQueues(folder: string, now: () => number): Promise<Map<string, Queue>> {
  const queues = new Map<string, Queue>();
  for (const file of await readdir(folder)) {
    const path = join(folder, file);
    if (file.endsWith(unfinished)) {
      await rm(path, { force: true });
      continue;
    }
    const state = parseState(path, await readFile(path, 'utf8'));
    queues.set(state.name, createQueue(state, now));
  }
  return queues;
}

function parseState(path: string, text: string): z.infer<typeof stateSchema> {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SluiceError(
      'file-unreadable',
      `${path} is not a queue that the local stack has written. Delete it to begin with an empty queue.`,
      { data: { path }, cause },
    );
  }
}
