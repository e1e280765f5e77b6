import { type AwsCredentials, signer, type Signer, type SignerOptions } from '../sigv4.ts';
import { type WritePlace, writeError } from './write-error.ts';

/** As the SDK's clients hold it: remembers what it fetched, renews it shortly before it runs out, or at once if told to. */
export type CredentialsProvider = (options?: { forceRefresh?: boolean }) => Promise<AwsCredentials>;

export type FreshSigner = {
  /** The signer with credentials that hold for a while; fetches them if need be. Throws `credentials-missing` or `credentials-expired`. */
  current(nowMs: number): Signer | Promise<Signer>;
  /** A signer with newer credentials than the given one's, which AWS has called expired. Throws likewise. */
  replace(expired: Signer, nowMs: number): Promise<Signer>;
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
  let sign: Signer | null = null;
  let expiresAtMs = Number.POSITIVE_INFINITY;
  let renewAtMs = Number.NEGATIVE_INFINITY;
  let renewing: Promise<Signer> | null = null;

  return { current, replace };

  function current(nowMs: number): Signer | Promise<Signer> {
    return sign !== null && nowMs < renewAtMs ? sign : renew(nowMs, false);
  }

  async function replace(expired: Signer, nowMs: number): Promise<Signer> {
    // Another request may have seen it first.
    return sign === null || sign === expired ? renew(nowMs, true) : sign;
  }

  function renew(nowMs: number, force: boolean): Promise<Signer> {
    renewing ??= fetch(nowMs, force).finally(() => {
      renewing = null;
    });
    return renewing;
  }

  async function fetch(nowMs: number, force: boolean): Promise<Signer> {
    let credentials: AwsCredentials;
    try {
      credentials = await fetchCredentials({ forceRefresh: force });
    } catch (error) {
      return keepOrFail(error, nowMs, force);
    }
    sign = signer({ ...options, credentials });
    expiresAtMs = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    // Credentials that are short-lived from the start must not be fetched again for each request.
    renewAtMs = Math.max(expiresAtMs - RENEW_BEFORE_MS, nowMs + RETRY_AFTER_MS);
    return sign;
  }

  function keepOrFail(error: unknown, nowMs: number, force: boolean): Signer {
    const message = error instanceof Error ? error.message : String(error);
    if (sign === null) throw writeError({ code: 'CredentialsProviderError', message }, place);
    if (force || nowMs >= expiresAtMs) throw writeError({ code: 'ExpiredToken', message }, place);
    renewAtMs = nowMs + RETRY_AFTER_MS;
    return sign;
  }
}
