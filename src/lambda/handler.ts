import { parseConfig } from './config.ts';
import type { LambdaContext } from './context.ts';
import { type BatchResponse, dispatch, type Pipeline } from './dispatch.ts';
import { keepHeapSmall } from './heap.ts';
import { pipeline } from './pipeline.ts';
import { type Telemetry, telemetry } from './telemetry.ts';
import { answerUnwired } from './unwired.ts';

let wired: Promise<{ log: Telemetry; pipeline: Pipeline }> | undefined;

/** What Lambda calls. Everything that lasts from one invocation to the next is made in the first, once. */
export async function handler(event: unknown, context: LambdaContext): Promise<BatchResponse | undefined> {
  wired ??= wire();
  try {
    await wired;
  } catch (error) {
    // What failed may be fixed by the next invocation: a right granted, a table made.
    wired = undefined;
    return await answerUnwired(event, context, error);
  }
  const { log, pipeline } = await wired;
  log.begin(context);
  return await dispatch(pipeline, event, context);
}

async function wire(): Promise<{ log: Telemetry; pipeline: Pipeline }> {
  keepHeapSmall();
  const config = parseConfig(process.env);
  const log = telemetry(config);
  return { log, pipeline: await pipeline(config, log.emit) };
}
