import { type AwsCredentials, signer, type Signer, type SignerOptions } from '../sigv4.ts';
import { type WritePlace, writeError } from './write-error.ts';

/** As the SDK's clients hold it: remembers what it fetched, renews it shortly before it runs out, or at once if told to. */
export type CredentialsProvider = (options?: { forceRefresh?: boolean }) => Promise<AwsCredentials>;

/** The signers of one set of credentials, by the value of the header `x-amz-target`. */
export type Signers = (target: string) => Signer;

export type FreshSigner = {
  /** The signers with credentials that hold for a while; fetches them if need be. Throws `credentials-missing` or `credentials-expired`. */
  current(nowMs: number): Signers | Promise<Signers>;
  /** Signers with newer credentials than the given ones, which AWS has called expired. Throws likewise. */
  replace(expired: Signers, nowMs: number): Promise<Signers>;
};

/** The SDK's providers renew this long before the end; asking them earlier changes nothing. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** After a renewal that failed while the credentials still hold. */
const RETRY_AFTER_MS = 10_000;

export function freshSigner(
  fetchCredentials: CredentialsProvider,
  options: Omit<SignerOptions, 'credentials'>,
  place: WritePlace,
): FreshSigner {
  let signers: Signers | null = null;
  let expiresAtMs = Number.POSITIVE_INFINITY;
  let renewAtMs = Number.NEGATIVE_INFINITY;
  let renewing: Promise<Signers> | null = null;

  return { current, replace };

  function current(nowMs: number): Signers | Promise<Signers> {
    return signers !== null && nowMs < renewAtMs ? signers : renew(nowMs, false);
  }

  async function replace(expired: Signers, nowMs: number): Promise<Signers> {
    // Another request may have seen it first.
    return signers === null || signers === expired ? renew(nowMs, true) : signers;
  }

  function renew(nowMs: number, force: boolean): Promise<Signers> {
    renewing ??= fetch(nowMs, force).finally(() => {
      renewing = null;
    });
    return renewing;
  }

  async function fetch(nowMs: number, force: boolean): Promise<Signers> {
    let credentials: AwsCredentials;
    try {
      credentials = await fetchCredentials({ forceRefresh: force });
    } catch (error) {
      return keepOrFail(error, nowMs, force);
    }
    signers = signersOf(credentials);
    expiresAtMs = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    // Credentials that are short-lived from the start must not be fetched again for each request.
    renewAtMs = Math.max(expiresAtMs - RENEW_BEFORE_MS, nowMs + RETRY_AFTER_MS);
    return signers;
  }

  function signersOf(credentials: AwsCredentials): Signers {
    const byTarget = new Map<string, Signer>();
    return (target) => {
      const known = byTarget.get(target);
      if (known !== undefined) return known;
      const headers = { ...options.headers, 'x-amz-target': target };
      const sign = signer({ ...options, headers, credentials });
      byTarget.set(target, sign);
      return sign;
    };
  }

  function keepOrFail(error: unknown, nowMs: number, force: boolean): Signers {
    const message = error instanceof Error ? error.message : String(error);
    if (signers === null) throw writeError({ code: 'CredentialsProviderError', message }, place);
    if (force || nowMs >= expiresAtMs) throw writeError({ code: 'ExpiredToken', message }, place);
    renewAtMs = nowMs + RETRY_AFTER_MS;
    return signers;
  }
}
