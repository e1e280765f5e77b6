import { describe, expect, it } from 'vitest';
import { measure } from '../../bench/measure.ts';
import { type Findings, findingsJson, findingsMarkdown } from '../../bench/report.ts';

const run = { rowsPerCpuSecond: 300_123, rowsPerSecond: 200_000, peakRssBytes: 150e6 };
const findings: Findings = {
  measures: [
    measure('speed', 'rows loaded', 330_123.4, 'rows/CPU-s', { atLeast: 300_000 }),
    measure('start', 'first write', 412.34, 'ms'),
  ],
  loaders: [
    { name: 'Sluice', run, reason: null },
    { name: 'other', run: { ...run, rowsPerCpuSecond: 30_012.3 }, reason: null },
    { name: 'ddbimport', run: null, reason: 'not on the PATH' },
  ],
  reading: { measures: [], files: ['plain'], lines: [{ reader: 'sluice', megabytesPerCpuSecond: [512.3] }] },
  panels: [],
  command: 'npm run bench',
  rounds: 5,
};

describe('the report of the benchmarks', () => {
  it('is one JSON object with value, target and ratio of each measure', () => {
    expect(JSON.parse(findingsJson(findings))).toMatchObject({
      machine: { node: process.version },
      measures: {
        speed: { value: 330_100, unit: 'rows/CPU-s', target: 300_000, bound: 'at least', ratio: 1.1 },
        start: { value: 412.3, target: null, ratio: null },
      },
      loaders: { ddbimport: { absent: 'not on the PATH' } },
    });
  });

  it('is a page that says the machine, the targets, and the peers beside us', () => {
    const page = findingsMarkdown(findings);
    expect(page).toContain(`Node ${process.version}`);
    expect(page).toContain('| rows loaded | 330,100 rows/CPU-s | at least 300,000 rows/CPU-s | 1.10 |');
    expect(page).toContain('| other | 30,010 | 200,000 | 150 MB | 10.00 × |');
    expect(page).toContain('| ddbimport | absent: not on the PATH |');
    expect(page).toContain('| first write | 412.3 ms |');
  });
});
