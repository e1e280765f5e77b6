import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Measure, measure } from '../measure.ts';
import { type HostileCase, hostileCases } from './cases.ts';
import type { HostileOutcome } from './load.ts';
import { loadHostile, MEMORY_MB } from './run.ts';

/** Loads every hostile file once: the most memory that one took, and the time of each. Throws if one did not end as it must. */
export async function measureHostile(
  folder: string,
  tell: (line: string) => void,
): Promise<readonly Measure[]> {
  const measures: Measure[] = [];
  let peakMb = 0;
  for (const given of hostileCases(1)) {
    const own = await mkdtemp(join(folder, 'hostile-'));
    const outcome = await loadHostile(given, own);
    await rm(own, { recursive: true });
    checkEnding(given, outcome);
    const megabytes = outcome.peakRssBytes / 1e6;
    peakMb = Math.max(peakMb, megabytes);
    tell(`hostile: ${given.name}: ${endingOf(outcome)}, ${Math.round(megabytes)} MB`);
    measures.push(
      measure(
        `hostile-seconds-${measures.length + 1}`,
        `hostile: ${given.name}`,
        outcome.elapsedSeconds,
        's',
      ),
    );
  }
  return [
    measure('hostile-peak-rss', 'hostile files: the largest peak RSS', peakMb, 'MB', { atMost: MEMORY_MB }),
    ...measures,
  ];
}

function checkEnding({ name, expected }: HostileCase, outcome: HostileOutcome): void {
  if (outcome.status === expected.status && outcome.code === expected.code) return;
  throw new Error(`hostile: ${name}: ended as ${endingOf(outcome)}`);
}

function endingOf({ status, code }: HostileOutcome): string {
  return code === null ? status : `${status} (${code})`;
}
