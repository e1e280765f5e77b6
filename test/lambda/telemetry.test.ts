import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SluiceError } from '../../src/core/errors.ts';
import { noCounts } from '../../src/core/imports/counts.ts';
import type { LambdaContext } from '../../src/lambda/context.ts';
import type { FunctionEvent } from '../../src/lambda/function-event.ts';
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

const failure = { code: 'too-many-rejects', reason: 'Too many.' } as const;
const ofImport = { importId: 'i1', dataset: 'people' };
const ended = { ...ofImport, key: 'k', counts: noCounts, faults: [], warnings: [], report: 's3://r' };
const PER_DATASET = [['prod'], ['prod', 'people']];

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
  it('writes one line of JSON for each event, with its type, level and fields', () => {
    const { emit } = telemetry({ name: 'sluice', logLevel: 'info' });
    emit({ type: 'message dropped', level: 'info', importId: 'i1', chunk: 0, epoch: 2, reason: 'late' });
    expect(lines).toEqual([
      {
        level: 'INFO',
        message: 'message dropped',
        service: 'sluice',
        sampling_rate: 0,
        importId: 'i1',
        chunk: 0,
        epoch: 2,
        reason: 'late',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      },
    ]);
  });

  it.each<[string, FunctionEvent, string[][]]>([
    ['ImportsFailed', { type: 'import failed', level: 'error', ...failure, ...ended }, PER_DATASET],
    ['ImportsDone', { type: 'import done', level: 'info', ...ended, units: 1, rejects: null }, PER_DATASET],
    ['ImportsStalled', { type: 'import stalled', level: 'error', ...ofImport, ...failure }, PER_DATASET],
    ['InvocationsFailed', { type: 'sweep failed', level: 'error', condition: 'c', reason: 'r' }, [['prod']]],
  ])('counts %s by an event, in the embedded metric format', (metric, event, dimensions) => {
    const { emit } = telemetry({ name: 'prod', logLevel: 'info' });
    emit(event);
    const [line] = lines as [Record<string, unknown> & { _aws: EmbeddedMetrics }];
    expect(line['message']).toBe(event.type);
    const { Timestamp, CloudWatchMetrics } = line._aws;
    expect(Math.abs(Timestamp - Date.parse(line['timestamp'] as string))).toBeLessThan(5000);
    const [directive] = CloudWatchMetrics;
    expect(directive).toMatchObject({ Namespace: 'Sluice', Metrics: [{ Name: metric, Unit: 'Count' }] });
    // What a directive names must be a member of the line: a number the metric, texts the dimensions.
    expect(line[metric]).toBe(1);
    expect(directive!.Dimensions.map((names) => names.map((name) => line[name]))).toEqual(dimensions);
  });

  it('counts the rows and items of an import that has ended', () => {
    const { emit } = telemetry({ name: 'prod', logLevel: 'info' });
    const counts = { ...noCounts, read: 5, loaded: 4, rejected: 1, made: 5, written: 3, kept: 1, refused: 1 };
    emit({ type: 'import superseded', level: 'warn', ...failure, ...ended, counts });
    const [line] = lines as [Record<string, unknown> & { _aws: EmbeddedMetrics }];
    const names = line._aws.CloudWatchMetrics[0]!.Metrics.map(({ Name }) => Name);
    expect(Object.fromEntries(names.map((name) => [name, line[name]]))).toEqual({
      RowsRead: 5,
      RowsLoaded: 4,
      RowsRejected: 1,
      ItemsMade: 5,
      ItemsWritten: 3,
      ItemsKept: 1,
      ItemsRefused: 1,
    });
  });

  it('counts no other events', () => {
    const { emit } = telemetry({ name: 'prod', logLevel: 'info' });
    emit({ type: 'event ignored', level: 'info', reason: 'a test' });
    expect(lines[0]).not.toHaveProperty('_aws');
  });

  it('leaves out what is below its level', () => {
    const { emit } = telemetry({ name: 'sluice', logLevel: 'warn' });
    emit({ type: 'event ignored', level: 'info', reason: 'a test' });
    emit({ type: 'import superseded', level: 'warn', ...failure, ...ended });
    emit({ type: 'import failed', level: 'error', ...failure, ...ended });
    expect(lines.map(({ message }) => message)).toEqual(['import superseded', 'import failed']);
  });

  it('has the request id of the invocation in each line', () => {
    const log = telemetry({ name: 'sluice', logLevel: 'info' });
    log.begin({ awsRequestId: 'r1', functionName: 'sluice-load' } as LambdaContext);
    log.emit({ type: 'event ignored', level: 'info', reason: 'one' });
    log.begin({ awsRequestId: 'r2', functionName: 'sluice-load' } as LambdaContext);
    log.emit({ type: 'event ignored', level: 'info', reason: 'two' });
    expect(lines).toMatchObject([
      { reason: 'one', function_request_id: 'r1', function_name: 'sluice-load', cold_start: true },
      { reason: 'two', function_request_id: 'r2', cold_start: false },
    ]);
  });

  it('bounds each line, also with long names from a file', () => {
    const { emit } = telemetry({ name: 'sluice', logLevel: 'info' });
    const name = '名'.repeat(60_000);
    const error = new SluiceError('key-column-missing', `no ${name}`, {
      data: { header: Array(500).fill(name) },
    });
    const { code, message: reason } = error;
    emit({ type: 'invocation failed', level: 'error', code, reason, error });
    expect(JSON.stringify(lines[0]).length).toBeLessThan(64 * 1024);
    expect(lines[0]).toMatchObject({
      InvocationsFailed: 1,
      reason: error.message,
      error: { name: 'SluiceError' },
    });
  });

  it('logs an error with its cause', () => {
    const { emit } = telemetry({ name: 'sluice', logLevel: 'info' });
    emit({
      type: 'message failed',
      level: 'error',
      messageId: 'm1',
      body: '{}',
      code: 'internal',
      reason: 'what',
      error: new TypeError('what', { cause: new Error('why') }),
    });
    expect(lines).toMatchObject([
      { error: { name: 'TypeError', message: 'what', cause: { name: 'Error', message: 'why' } } },
    ]);
  });
});
