import { Logger } from '@aws-lambda-powertools/logger';
import type { Emit } from '../engine/events.ts';
import type { Config } from './config.ts';
import type { LambdaContext } from './context.ts';
import { importMetric } from './import-metric.ts';

export type Telemetry = {
  /** Writes an event as one line of JSON: its type as `message`, its level, the rest as fields; an import's end is a metric too. */
  readonly emit: Emit;
  /** Lines from now on carry this invocation's request id, and whether it began cold. */
  begin(context: LambdaContext): void;
};

/** The function's log: JSON lines on standard output, which Lambda passes on as they are under its JSON log format. */
export function telemetry({ name, logLevel }: Pick<Config, 'name' | 'logLevel'>): Telemetry {
  const logger = new Logger({ serviceName: name, logLevel });
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
