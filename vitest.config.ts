import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** What needs no built function, no emulator and no other process: `npm run test:unit`. */
const UNIT = [
  'test/{bench,core,engine,examples,lambda,scripts}/**/*.test.ts',
  'test/docs/{datasets,errors,layers,paths}.test.ts',
  'test/aws/dynamo/wire/**/*.test.ts',
];

const shared = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    reporters: ['default'],
    // Many tests wait for other processes, so two cores can do more than Vitest's one worker fewer.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      // These tests keep no state in modules, so the files of a worker share them: half of the time.
      { test: { ...shared, name: 'unit', include: UNIT, isolate: false } },
      { test: { ...shared, name: 'whole', include: ['test/**/*.test.ts'], exclude: UNIT } },
    ],
  },
});
