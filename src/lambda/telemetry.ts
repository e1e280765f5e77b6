import { Logger } from '@aws-lambda-powertools/logger';
import type { Emit } from '../engine/events.ts';
import type { Config } from './config.ts';
import type { LambdaContext } from './context.ts';

export type Telemetry = {
  /** Writes an event as one line of JSON: its type as `message`, its level, the rest as fields. */
  readonly emit: Emit;
  /** Lines from now on carry this invocation's request id, and whether it began cold. */
  begin(context: LambdaContext): void;
};

/** The function's log: JSON lines on standard output, which Lambda passes on as they are under its JSON log format. */
export function telemetry({ name, logLevel }: Pick<Config, 'name' | 'logLevel'>): Telemetry {
  const logger = new Logger({ serviceName: name, logLevel });
  return {
    emit({ type, level, ...fields }) {
      logger[level](type, fields);
    },
    begin(context) {
      logger.addContext(context);
    },
  };
}
