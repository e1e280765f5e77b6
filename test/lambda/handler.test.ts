import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LambdaContext } from '../../src/lambda/context.ts';
import { handler } from '../../src/lambda/handler.ts';

const context = { awsRequestId: 'r1', getRemainingTimeInMillis: () => 1_000 } as LambdaContext;

afterEach(() => vi.unstubAllEnvs());

describe('the handler', () => {
  it('names what is missing of its environment at each invocation, until it is there', async () => {
    await expect(handler({}, context)).rejects.toMatchObject({ code: 'configuration-invalid' });
    vi.stubEnv('SLUICE_NAME', 'sluice');
    await expect(handler({}, context)).rejects.not.toThrow('SLUICE_NAME');
    await expect(handler({}, context)).rejects.toThrow('SLUICE_LEDGER_TABLE is missing');
  });
});
