import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/lambda/config.ts';

const environment = {
  SLUICE_NAME: 'sluice',
  SLUICE_TABLE_PREFIX: 'sluice-',
  SLUICE_LEDGER_TABLE: 'sluice-ledger',
  SLUICE_RESULTS_BUCKET: 'sluice-results',
  SLUICE_QUEUE_URL: 'http://127.0.0.1:4566/000000000000/sluice-work',
  SLUICE_DEAD_LETTER_QUEUE_ARN: 'arn:aws:sqs:::sluice-work-dead',
  SLUICE_FAILED_EVENTS_QUEUE_ARN: 'arn:aws:sqs:::sluice-failed',
  SLUICE_DATASETS_BUCKET: 'sluice-code',
  SLUICE_DATASETS_KEY: 'datasets/resolved.json',
  SLUICE_DATASETS_VERSION: 'v1',
};

describe('the configuration', () => {
  it('is read from the environment, where other variables do no harm', () => {
    expect(parseConfig({ ...environment, PATH: '/bin', SLUICE_SOURCE_BUCKET: 'sluice-source' })).toEqual({
      name: 'sluice',
      tablePrefix: 'sluice-',
      ledgerTable: 'sluice-ledger',
      resultsBucket: 'sluice-results',
      queueUrl: 'http://127.0.0.1:4566/000000000000/sluice-work',
      queueArns: {
        deadLetters: 'arn:aws:sqs:::sluice-work-dead',
        failedEvents: 'arn:aws:sqs:::sluice-failed',
      },
      patienceMs: 300_000,
      ledgerRetentionDays: 90,
      datasets: { bucket: 'sluice-code', key: 'datasets/resolved.json', version: 'v1' },
      logLevel: 'info',
    });
  });

  it('takes a log level and an empty table prefix', () => {
    const config = parseConfig({ ...environment, SLUICE_LOG_LEVEL: 'debug', SLUICE_TABLE_PREFIX: '' });
    expect(config).toMatchObject({ logLevel: 'debug', tablePrefix: '' });
  });

  it('names every variable that is missing, at once', () => {
    const problems = Object.keys(environment).map((name) => `${name} is missing`);
    expect(() => parseConfig({})).toThrow(
      expect.objectContaining({ code: 'configuration-invalid', data: { problems } }),
    );
  });

  it.each([
    ['SLUICE_QUEUE_URL', 'sluice-work'],
    ['SLUICE_QUEUE_URL', 'ftp://127.0.0.1/queue'],
    ['SLUICE_PATIENCE_S', 'long'],
    ['SLUICE_PATIENCE_S', '-1'],
    ['SLUICE_LEDGER_RETENTION_DAYS', '-1'],
    ['SLUICE_LEDGER_RETENTION_DAYS', 'long'],
    ['SLUICE_LOG_LEVEL', 'loud'],
    ['SLUICE_LEDGER_TABLE', ''],
  ])('names a variable that is wrong: %s=%s', (name, value) => {
    expect(() => parseConfig({ ...environment, [name]: value })).toThrow(`- ${name}: `);
  });
});
