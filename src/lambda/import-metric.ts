import type { EngineEvent } from '../engine/events.ts';

type Metric = { readonly name: string; readonly unit: 'Count' | 'Seconds'; readonly field?: string };

/** The metrics that an event's line is, by the event's type: 1, or the number in a field of the event. */
const METRICS: ReadonlyMap<string, readonly Metric[]> = new Map([
  ['import done', [count('ImportsDone')]],
  ['import failed', [count('ImportsFailed')]],
  ['import stalled', [count('ImportsStalled')]],
  ['event failed', [count('EventsFailed')]],
  ['sweep failed', [count('InvocationsFailed')]],
  ['invocation failed', [count('InvocationsFailed')]],
  [
    'sweep done',
    [
      { name: 'OpenImports', unit: 'Count', field: 'open' },
      { name: 'StalledImports', unit: 'Count', field: 'stalled' },
      { name: 'SilentImports', unit: 'Count', field: 'silent' },
      { name: 'OldestImportAge', unit: 'Seconds', field: 'oldestAgeS' },
      { name: 'WaitingMessages', unit: 'Count', field: 'waitingMessages' },
    ],
  ],
]);

const NAMESPACE = 'Sluice';
/** One metric for the whole deployment, to alarm on, and one for each dataset where the line names it. */
const DEPLOYMENT = ['service'];
const DATASET = ['service', 'dataset'];

/**
 * What makes of an event's log line metrics besides: the members that CloudWatch's embedded metric format asks for
 * ("Specification: Embedded metric format", Amazon CloudWatch User Guide). Empty for events that no metric counts.
 */
export function importMetric(event: EngineEvent, nowMs: number): Record<string, unknown> {
  const metrics = METRICS.get(event.type);
  if (metrics === undefined) return {};
  const directive = {
    Namespace: NAMESPACE,
    Dimensions: event['dataset'] === undefined ? [DEPLOYMENT] : [DEPLOYMENT, DATASET],
    Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  };
  const values = metrics.map(({ name, field }) => [name, field === undefined ? 1 : event[field]]);
  return { ...Object.fromEntries(values), _aws: { Timestamp: nowMs, CloudWatchMetrics: [directive] } };
}

function count(name: string): Metric {
  return { name, unit: 'Count' };
}
