import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '../local/local-clients.ts';
import { BUNDLE } from './stack.ts';

/** The built function in a wrapper module that logs which process handles which event. */
export type WatchedFunction = {
  /** The directory of that module, for the stack. */
  readonly bundle: string;
  /** To be given each line of the log. */
  readonly hear: (line: string) => void;
  /**
   * Kills, by SIGKILL, a process that works on an event of this kind: of several the one that `random` (0 to 1) chooses; waits where
   * none does. Resolves when the host has found the invocation cut off. One that had just ended doesn't count: another is killed.
   */
  kill(source: EventSource, random: () => number): Promise<void>;
};

type EventSource = 'aws:s3' | 'aws:sqs';

type Told =
  | { readonly watched: 'begins'; readonly requestId: string; readonly pid: number; readonly source: string }
  | { readonly watched: 'ends'; readonly requestId: string };

export async function watchedFunction(): Promise<WatchedFunction> {
  const bundle = await temporaryFolder();
  await writeFile(join(bundle, 'index.mjs'), moduleAround(pathToFileURL(join(BUNDLE, 'index.mjs')).href));
  /** Requests that are being worked on. */
  const working = new Map<string, { readonly pid: number; readonly source: string }>();
  const listeners = new Set<(line: string) => void>();

  return {
    bundle,
    hear(line) {
      if (line.startsWith('{"watched":')) {
        const told = JSON.parse(line) as Told;
        if (told.watched === 'begins') working.set(told.requestId, told);
        else working.delete(told.requestId);
      } else if (isFailure(line)) {
        working.delete((JSON.parse(line) as { requestId: string }).requestId);
      }
      for (const listen of listeners) listen(line);
    },
    async kill(source, random) {
      for (;;) {
        const victims = [...working].filter(([, each]) => each.source === source);
        if (victims.length === 0) {
          await heard(isBeginning);
          continue;
        }
        const [requestId, { pid }] = victims[Math.floor(random() * victims.length)]!;
        working.delete(requestId);
        const said = heard((line) => line.includes(requestId) && (isFailure(line) || isEnd(line)));
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It has just died otherwise, which its host is about to log.
        }
        if (isCutOff(await said)) return;
      }
    },
  };

  function heard(fits: (line: string) => boolean): Promise<string> {
    return new Promise((resolve) => {
      const listen = (line: string): void => {
        if (!fits(line)) return;
        listeners.delete(listen);
        resolve(line);
      };
      listeners.add(listen);
    });
  }
}

/** Is it the line that the function's host logs once for each invocation whose process was killed? */
export function isCutOff(line: string): boolean {
  return line.includes('"errorMessage":"Runtime exited with error: signal: SIGKILL"');
}

/** The host's line of an invocation that has not come to an end: by a kill, or by its deadline. */
function isFailure(line: string): boolean {
  return line.includes('"errorType":"Runtime.') || line.includes('"errorType":"Sandbox.');
}

function isBeginning(line: string): boolean {
  return line.startsWith('{"watched":"begins"');
}

function isEnd(line: string): boolean {
  return line.startsWith('{"watched":"ends"');
}

function moduleAround(url: string): string {
  return `
    import { handler as watched } from ${JSON.stringify(url)};
    const tell = (told) => console.log(JSON.stringify(told));
    export async function handler(event, context) {
      const requestId = context.awsRequestId;
      tell({ watched: 'begins', requestId, pid: process.pid, source: event.Records[0].eventSource });
      try {
        return await watched(event, context);
      } finally {
        tell({ watched: 'ends', requestId });
      }
    }`;
}
