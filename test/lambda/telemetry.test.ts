import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SluiceError } from '../../src/core/errors.ts';
import type { LambdaContext } from '../../src/lambda/context.ts';
import { telemetry } from '../../src/lambda/telemetry.ts';

const lines: Record<string, unknown>[] = [];

type EmbeddedMetrics = {
  Timestamp: number;
  CloudWatchMetrics: {
    Namespace: string;
    Dimensions: string[][];
    Metrics: { Name: string; Unit: string }[];
  }[];
};

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

  it.each([
    ['import failed', 'ImportsFailed', { dataset: 'people' }, [['prod'], ['prod', 'people']]],
    ['import done', 'ImportsDone', { dataset: 'people' }, [['prod'], ['prod', 'people']]],
    ['import stalled', 'ImportsStalled', {}, [['prod']]],
  ])('makes a metric of the line %s, in the embedded metric format', (type, metric, fields, dimensions) => {
    const { emit } = telemetry({ name: 'prod', logLevel: 'info' });
    emit({ type, level: 'error', importId: 'i1', code: 'too-many-rejects', ...fields });
    const [line] = lines as [Record<string, unknown> & { _aws: EmbeddedMetrics }];
    expect(line).toMatchObject({ message: type, code: 'too-many-rejects' });
    const { Timestamp, CloudWatchMetrics } = line._aws;
    expect(Math.abs(Timestamp - Date.parse(line['timestamp'] as string))).toBeLessThan(5000);
    const [directive] = CloudWatchMetrics;
    expect(directive).toMatchObject({ Namespace: 'Sluice', Metrics: [{ Name: metric, Unit: 'Count' }] });
    // What a directive names must be a member of the line: a number the metric, texts the dimensions.
    expect(line[metric]).toBe(1);
    expect(directive!.Dimensions.map((names) => names.map((name) => line[name]))).toEqual(dimensions);
  });

  it('makes no metric of other lines', () => {
    const { emit } = telemetry({ name: 'prod', logLevel: 'info' });
    emit({ type: 'import queued', level: 'info', dataset: 'people' });
    expect(lines[0]).not.toHaveProperty('_aws');
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

  it('keeps each line small, whatever names a file has', () => {
    const { emit } = telemetry({ name: 'sluice', logLevel: 'info' });
    const name = '名'.repeat(60_000);
    const error = new SluiceError('key-column-missing', `no ${name}`, {
      data: { header: Array(500).fill(name) },
    });
    emit({ type: 'import failed', level: 'error', reason: error.message, missing: [name, name], error });
    expect(JSON.stringify(lines[0]).length).toBeLessThan(64 * 1024);
    expect(lines[0]).toMatchObject({
      ImportsFailed: 1,
      reason: error.message,
      error: { name: 'SluiceError' },
    });
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
