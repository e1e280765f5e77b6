import { Logger } from '@aws-lambda-powertools/logger';
import { boundedText } from '../core/bounded-text.ts';
import type { Config } from './config.ts';
import type { LambdaContext } from './context.ts';
import type { EmitFunctionEvent } from './function-event.ts';
import { importMetric } from './import-metric.ts';

export type Telemetry = {
  /** Writes an event as one line of JSON: its type as `message`, its level, the rest as fields; an import's end is a metric too. */
  readonly emit: EmitFunctionEvent;
  /** Lines from now on carry this invocation's request id, and whether it began cold. */
  begin(context: LambdaContext): void;
};

/** The function's log: JSON lines on standard output, which Lambda passes on as they are under its JSON log format. */
export function telemetry({ name, logLevel }: Pick<Config, 'name' | 'logLevel'>): Telemetry {
  const logger = new Logger({ serviceName: name, logLevel, jsonReplacerFn: bounded });
  return {
    emit(event) {
      const { type, level, ...fields } = event;
      logger[level](type, { ...fields, ...importMetric(event, Date.now()) });
    },
    begin(context) {
      logger.addContext(context);
    },
  };
}

/** Of a list in a line. */
const MAX_ENTRIES = 100;
const MAX_ENTRY_BYTES = 256;

/** Keeps each line small, whatever a file has for names: CloudWatch cuts off what is over its limit, and the metric with it. */
function bounded(_name: string, value: unknown): unknown {
  if (typeof value === 'string') return boundedText(value);
  if (!Array.isArray(value)) return value;
  const entries: unknown[] = value.slice(0, MAX_ENTRIES);
  return entries.map((entry) => (typeof entry === 'string' ? boundedText(entry, MAX_ENTRY_BYTES) : entry));
}
