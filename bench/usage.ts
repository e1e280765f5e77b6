import { readFileSync } from 'node:fs';

/** What a piece of work cost this process, all of its threads. */
export type Usage = {
  /** User and system. */
  readonly cpuSeconds: number;
  readonly elapsedSeconds: number;
  /** The most memory that the process has ever held, its code and its start included. */
  readonly peakRssBytes: number;
};

/** Starting the process and loading its modules is not counted; warming up is. */
export async function measureUsage(work: () => Promise<void>): Promise<Usage> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await work();
  const cpu = process.cpuUsage(cpuBefore);
  return {
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    elapsedSeconds: (performance.now() - startedAt) / 1000,
    peakRssBytes: peakRssBytes(),
  };
}

/** Linux's `ru_maxrss` begins with the memory of the process that started this one; the high-water mark in /proc does not. */
function peakRssBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
  return Number(kilobytes) * 1024;
}
