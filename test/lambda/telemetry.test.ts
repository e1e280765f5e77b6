import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaContext } from '../../src/lambda/context.ts';
import { telemetry } from '../../src/lambda/telemetry.ts';

const lines: Record<string, unknown>[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
  // Warnings and errors go to standard error; Lambda's log has both.
  for (const output of [process.stdout, process.stderr]) {
    vi.spyOn(output, 'write').mockImplementation((text) => {
      lines.push(JSON.parse(String(text)) as Record<string, unknown>);
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('the log', () => {
  it('has a line of JSON for each event: its type, its level, its fields', () => {
    const { emit } = telemetry({ name: 'sluice', logLevel: 'info' });
    emit({ type: 'import queued', level: 'warn', importId: 'i1', sizeBytes: 12 });
    expect(lines).toEqual([
      {
        level: 'WARN',
        message: 'import queued',
        service: 'sluice',
        sampling_rate: 0,
        importId: 'i1',
        sizeBytes: 12,
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      },
    ]);
  });

  it('leaves out what is below its level', () => {
    const { emit } = telemetry({ name: 'sluice', logLevel: 'warn' });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) emit({ type: level, level });
    expect(lines.map(({ message }) => message)).toEqual(['warn', 'error']);
  });

  it('says of which invocation its lines are', () => {
    const log = telemetry({ name: 'sluice', logLevel: 'info' });
    log.begin({ awsRequestId: 'r1', functionName: 'sluice-load' } as LambdaContext);
    log.emit({ type: 'one', level: 'info' });
    log.begin({ awsRequestId: 'r2', functionName: 'sluice-load' } as LambdaContext);
    log.emit({ type: 'two', level: 'info' });
    expect(lines).toMatchObject([
      { message: 'one', function_request_id: 'r1', function_name: 'sluice-load', cold_start: true },
      { message: 'two', function_request_id: 'r2', cold_start: false },
    ]);
  });

  it('tells an error with its cause', () => {
    const { emit } = telemetry({ name: 'sluice', logLevel: 'info' });
    emit({
      type: 'message failed',
      level: 'error',
      error: new TypeError('what', { cause: new Error('why') }),
    });
    expect(lines).toMatchObject([
      { error: { name: 'TypeError', message: 'what', cause: { name: 'Error', message: 'why' } } },
    ]);
  });
});
