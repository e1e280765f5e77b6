import type { EngineEvent } from '../engine/events.ts';

/** The metric that counts what an event tells, by the event's type. */
const METRICS: ReadonlyMap<string, string> = new Map([
  ['import done', 'ImportsDone'],
  ['import failed', 'ImportsFailed'],
  ['import stalled', 'ImportsStalled'],
]);

const NAMESPACE = 'Sluice';
/** One metric for the whole deployment, to alarm on, and one for each dataset where the line names it. */
const DEPLOYMENT = ['service'];
const DATASET = ['service', 'dataset'];

/**
 * What makes of an event's log line a metric besides: the members that CloudWatch's embedded metric format asks for
 * ("Specification: Embedded metric format", Amazon CloudWatch User Guide). Empty for events that no metric counts.
 */
export function importMetric({ type, dataset }: EngineEvent, nowMs: number): Record<string, unknown> {
  const name = METRICS.get(type);
  if (name === undefined) return {};
  const directive = {
    Namespace: NAMESPACE,
    Dimensions: dataset === undefined ? [DEPLOYMENT] : [DEPLOYMENT, DATASET],
    Metrics: [{ Name: name, Unit: 'Count' }],
  };
  return { [name]: 1, _aws: { Timestamp: nowMs, CloudWatchMetrics: [directive] } };
}
