import { describe, expect, it } from 'vitest';
import {
  type CredentialsProvider,
  freshSigner,
  type Signers,
} from '../../../../src/aws/dynamo/wire/fresh-signer.ts';
import type { AwsCredentials } from '../../../../src/aws/dynamo/sigv4.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 10, 1, 12);

function signers(fetchCredentials: CredentialsProvider) {
  return freshSigner(
    fetchCredentials,
    { region: 'eu-west-1', service: 'dynamodb', path: '/', headers: { host: 'h' } },
    { table: 'people', region: 'eu-west-1', endpoint: 'http://h', action: 'BatchWriteItem' },
  );
}

/** Answers these, one after another, and counts. */
function provider(answers: readonly (AwsCredentials | Error)[]) {
  const calls: (boolean | undefined)[] = [];
  const fetchCredentials: CredentialsProvider = async (options) => {
    calls.push(options?.forceRefresh);
    const answer = answers[Math.min(calls.length, answers.length) - 1]!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { calls, fetchCredentials };
}

function credentials(accessKeyId: string, expiresAtMs?: number): AwsCredentials {
  return {
    accessKeyId,
    secretAccessKey: 's',
    ...(expiresAtMs === undefined ? {} : { expiration: new Date(expiresAtMs) }),
  };
}

function keyOf(signersOf: Signers): string | undefined {
  return /Credential=(\w+)/.exec(
    signersOf('DynamoDB_20120810.PutItem')(Buffer.alloc(0), START_MS).join(' '),
  )?.[1];
}

describe('freshSigner', () => {
  it('fetches credentials once, for all who ask, if they do not expire', async () => {
    const { calls, fetchCredentials } = provider([credentials('A')]);
    const fresh = signers(fetchCredentials);
    const [first, second] = await Promise.all([fresh.current(START_MS), fresh.current(START_MS)]);
    expect(first).toBe(second);
    expect(fresh.current(START_MS + 1e12)).toBe(first);
    expect(calls).toEqual([false]);
  });

  it('renews expiring ones five minutes before their end', async () => {
    const endMs = START_MS + 60 * MINUTE_MS;
    const { calls, fetchCredentials } = provider([credentials('A', endMs), credentials('B')]);
    const fresh = signers(fetchCredentials);
    expect(keyOf(await fresh.current(START_MS))).toBe('A');
    expect(keyOf(await fresh.current(endMs - 5 * MINUTE_MS - 1))).toBe('A');
    expect(keyOf(await fresh.current(endMs - 5 * MINUTE_MS))).toBe('B');
    expect(calls).toEqual([false, false]);
  });

  it('continues with valid credentials if a renewal fails, and tries again soon', async () => {
    const endMs = START_MS + 60 * MINUTE_MS;
    const failure = new Error('the instance does not answer');
    const { calls, fetchCredentials } = provider([
      credentials('A', endMs),
      failure,
      failure,
      credentials('B'),
    ]);
    const fresh = signers(fetchCredentials);
    await fresh.current(START_MS);
    expect(keyOf(await fresh.current(endMs - MINUTE_MS))).toBe('A');
    expect(keyOf(await fresh.current(endMs - MINUTE_MS + 9_999))).toBe('A');
    expect(calls).toHaveLength(2);
    await expect(fresh.current(endMs)).rejects.toMatchObject({ code: 'credentials-expired' });
    expect(keyOf(await fresh.current(endMs))).toBe('B');
  });

  it('does not fetch short-lived ones for every request', async () => {
    const { calls, fetchCredentials } = provider([credentials('A', START_MS + MINUTE_MS)]);
    const fresh = signers(fetchCredentials);
    for (let k = 0; k < 5; k++) await fresh.current(START_MS + k);
    expect(calls).toHaveLength(1);
  });

  it('replaces those that AWS calls expired, once', async () => {
    const { calls, fetchCredentials } = provider([credentials('A'), credentials('B')]);
    const fresh = signers(fetchCredentials);
    const old = await fresh.current(START_MS);
    const replaced = await Promise.all([fresh.replace(old, START_MS), fresh.replace(old, START_MS)]);
    expect(keyOf(replaced[0])).toBe('B');
    expect(replaced[1]).toBe(replaced[0]);
    expect(await fresh.replace(old, START_MS)).toBe(replaced[0]);
    expect(calls).toEqual([false, true]);
  });

  it('says so where there are none, and where fresh ones cannot be had', async () => {
    const none = signers(provider([new Error('Could not load credentials')]).fetchCredentials);
    await expect(none.current(START_MS)).rejects.toMatchObject({
      code: 'credentials-missing',
      message: expect.stringContaining('Could not load credentials'),
    });
    const fresh = signers(provider([credentials('A'), new Error('Sign in')]).fetchCredentials);
    const old = await fresh.current(START_MS);
    await expect(fresh.replace(old, START_MS)).rejects.toMatchObject({
      code: 'credentials-expired',
      message: expect.stringContaining('Sign in'),
    });
  });
});
