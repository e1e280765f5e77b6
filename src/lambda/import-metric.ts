import { type Counts, ITEM_COUNTS, ROW_COUNTS } from '../core/imports/counts.ts';
import type { FunctionEvent } from './function-event.ts';

type Metric = { readonly name: string; readonly unit: 'Count' | 'Seconds'; readonly value: number };

const NAMESPACE = 'Sluice';
/** One metric for the whole deployment, to alarm on, and one for each dataset where the line names it. */
const DEPLOYMENT = ['service'];
const DATASET = ['service', 'dataset'];

/**
 * The members that make metrics of an event's log line, in CloudWatch's embedded metric format ("Specification: Embedded metric
 * format", Amazon CloudWatch User Guide). Empty for events that no metric counts.
 */
export function importMetric(event: FunctionEvent, nowMs: number): Record<string, unknown> {
  const metrics = metricsOf(event);
  if (metrics.length === 0) return {};
  const directive = {
    Namespace: NAMESPACE,
    Dimensions: 'dataset' in event ? [DEPLOYMENT, DATASET] : [DEPLOYMENT],
    Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  };
  const values = metrics.map(({ name, value }) => [name, value]);
  return { ...Object.fromEntries(values), _aws: { Timestamp: nowMs, CloudWatchMetrics: [directive] } };
}

function metricsOf(event: FunctionEvent): readonly Metric[] {
  switch (event.type) {
    case 'import done':
      return [one('ImportsDone'), ...countMetrics(event.counts)];
    case 'import failed':
      return [one('ImportsFailed'), ...countMetrics(event.counts)];
    case 'import superseded':
      return countMetrics(event.counts);
    case 'import stalled':
      return [one('ImportsStalled')];
    case 'event failed':
      return [one('EventsFailed')];
    case 'sweep failed':
    case 'invocation failed':
      return [one('InvocationsFailed')];
    case 'sweep done':
      return [
        { name: 'OpenImports', unit: 'Count', value: event.open },
        { name: 'StalledImports', unit: 'Count', value: event.stalled },
        { name: 'SilentImports', unit: 'Count', value: event.silent },
        { name: 'OldestImportAge', unit: 'Seconds', value: event.oldestAgeS },
        { name: 'WaitingMessages', unit: 'Count', value: event.waitingMessages },
      ];
    case 'feed watched':
      return [
        { name: 'FeedLate', unit: 'Count', value: event.isLate ? 1 : 0 },
        { name: 'FeedAge', unit: 'Seconds', value: event.ageS },
      ];
    case 'object ignored':
    case 'feed late':
    case 'feed no longer late':
    case 'object not cut':
    case 'import queued':
    case 'import already registered':
    case 'import waits':
    case 'turn passed on':
    case 'chunk started':
    case 'chunk resumed':
    case 'chunk progress':
    case 'chunk continued':
    case 'chunk parked':
    case 'message dropped':
    case 'lease lost':
    case 'import waiting':
    case 'earlier dataset used':
    case 'import warning':
    case 'dead letter dropped':
    case 'dead letter kept':
    case 'import queued again':
    case 'message not hidden':
    case 'event ignored':
    case 'accept failed':
    case 'message failed':
    case 'dead letter failed':
    case 'failed event not accepted':
    case 'failure not recorded':
    case 'event recovered':
      return [];
  }
}

/** `RowsLoaded`, `ItemsWritten` …; what is 0 has none, because CloudWatch bills each metric. */
function countMetrics(counts: Counts): readonly Metric[] {
  const named = [
    ...ROW_COUNTS.map((name) => ({ name, metric: `Rows${capitalized(name)}` })),
    ...ITEM_COUNTS.map((name) => ({ name, metric: `Items${capitalized(name)}` })),
  ];
  return named
    .filter(({ name }) => counts[name] > 0)
    .map(({ name, metric }) => ({ name: metric, unit: 'Count', value: counts[name] }));
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function one(name: string): Metric {
  return { name, unit: 'Count', value: 1 };
}
