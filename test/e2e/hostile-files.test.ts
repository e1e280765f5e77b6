import { describe, expect, test } from 'vitest';
import { hostileCases } from '../../bench/hostile/cases.ts';
import { loadHostile, MEMORY_MB } from '../../bench/hostile/run.ts';
import { temporaryFolder } from '../local/local-clients.ts';

/** SLUICE_HOSTILE_SCALE=10 makes the files ten times as large; the memory must not follow. */
const SCALE = Number(process.env['SLUICE_HOSTILE_SCALE'] ?? 1);

describe(`in a function of ${MEMORY_MB} MB`, () => {
  test.each(hostileCases(SCALE))(
    '$name: loads or fails, within its memory',
    async (given) => {
      const outcome = await loadHostile(given, await temporaryFolder());
      const peakMb = outcome.peakRssBytes / 1e6;
      process.stdout.write(
        `${given.name}: peak RSS ${peakMb.toFixed(0)} MB, ${outcome.elapsedSeconds.toFixed(1)} s\n`,
      );
      expect(outcome).toMatchObject(given.expected);
      expect(peakMb).toBeLessThan(MEMORY_MB);
      expect(outcome.checkpoints).toBeLessThan(given.mostCheckpoints ?? 100 * SCALE);
    },
    300_000,
  );
});
