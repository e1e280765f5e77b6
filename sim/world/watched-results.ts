import { parse } from 'csv-parse/sync';
import type { Clock } from '../../src/core/ports.ts';
import type { History } from './history.ts';
import type { Violate } from './violation.ts';

/** Called for each result file that is stored. */
export type ResultsWatch = { kept(owner: string, name: string, body: Uint8Array): void };

/** Checks that no row is in the rejects twice, at any time, and that a loader holds its lease when it writes them. */
export function resultsWatch(options: { clock: Clock; history: History; violate: Violate }): ResultsWatch {
  const { clock, history, violate } = options;

  return {
    kept: (owner, name, body) => {
      const [kind, , id, file] = name.split('/');
      if (kind !== 'rejects') return;
      const entry = history.of(id!);
      const chunk = entry.chunks[Number.parseInt(file!, 10)];
      if (chunk?.lease?.owner !== owner || chunk.lease.untilMs < clock.now()) {
        violate('lease-held', `${owner} wrote ${name}; the lease is ${JSON.stringify(chunk?.lease ?? null)}`);
      }
      entry.rejectFiles.set(name, linesOf(body));
      const seen = new Map<number, string>();
      for (const [fileName, lines] of entry.rejectFiles) {
        for (const { line } of lines) {
          const other = seen.get(line);
          if (other !== undefined)
            violate('rejects-once', `line ${line} of ${entry.version.name} is in ${other} and ${fileName}`);
          seen.set(line, fileName);
        }
      }
    },
  };
}

function linesOf(body: Uint8Array): { line: number; code: string }[] {
  const records = parse(Buffer.from(body), { relax_column_count: true });
  return records.slice(1).map((cells) => ({ line: Number(cells[0]), code: cells[2]! }));
}
