import { describe, expect, it } from 'vitest';
import { plotThroughput } from '../../bench/throughput-plot.ts';

const panel = (title: string, seconds: number) => ({
  title,
  writtenUnits: Array.from({ length: seconds }, () => 90),
  heldUnits: Array.from({ length: seconds }, () => 1),
  capacityUnits: Array.from({ length: seconds }, () => 100),
});
const lines = (svg: string) =>
  [...svg.matchAll(/<path d="M([^"]*L[^"]*)"/g)].map(([, points]) => points!.split('L'));
const heights = (points: string[]) => new Set(points.map((point) => Number(point.split(' ')[1])));

describe('the plot of throughput', () => {
  it('has a panel for each scenario, with a line for each series', () => {
    const svg = plotThroughput([panel('one & <two>', 10), panel('three', 20)]);
    expect(svg).toContain('>one &amp; &lt;two></text>');
    expect(svg).toContain('>three</text>');
    expect(lines(svg)).toHaveLength(6);
  });

  it('draws equal units at one height, more units higher', () => {
    const [capacity, written, held] = lines(plotThroughput([panel('', 10)]));
    for (const series of [capacity!, written!, held!]) expect(heights(series).size).toBe(1);
    const [high, middle, low] = [capacity!, written!, held!].map((points) => [...heights(points)][0]!);
    expect(high).toBeLessThan(middle!);
    expect(middle).toBeLessThan(low!);
  });

  it('draws hours in as many points as can be seen', () => {
    for (const points of lines(plotThroughput([panel('', 100_000)]))) {
      expect(points.length).toBeGreaterThan(300);
      expect(points.length).toBeLessThanOrEqual(400);
    }
  });

  it('leaves out a series that is not there, and takes a scenario of no seconds', () => {
    const svg = plotThroughput([{ ...panel('', 10), capacityUnits: [] }, panel('', 0)]);
    expect(lines(svg)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});
