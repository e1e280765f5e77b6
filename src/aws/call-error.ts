import { type ErrorCode, SluiceError } from '../core/errors.ts';

/** What was asked of AWS, as a policy names it: `s3:GetObject` on `arn:aws:s3:::bucket/key`. */
export type AwsCall = { readonly action: string; readonly resource: string };

/** Error codes as the services answer them ('Common errors' of each API reference), and what they mean to us. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  AccessDenied: 'access-denied',
  AccessDeniedException: 'access-denied',
  AllAccessDisabled: 'access-denied',
  'KMS.AccessDeniedException': 'access-denied',
  KMSAccessDeniedException: 'access-denied',
  UnauthorizedOperation: 'access-denied',
  ExpiredToken: 'credentials-expired',
  ExpiredTokenException: 'credentials-expired',
  TokenRefreshRequired: 'credentials-expired',
  CredentialsProviderError: 'credentials-missing',
  TokenProviderError: 'credentials-missing',
  IncompleteSignature: 'credentials-missing',
  InvalidAccessKeyId: 'credentials-missing',
  InvalidClientTokenId: 'credentials-missing',
  InvalidSignatureException: 'credentials-missing',
  InvalidToken: 'credentials-missing',
  MissingAuthenticationToken: 'credentials-missing',
  MissingAuthenticationTokenException: 'credentials-missing',
  SignatureDoesNotMatch: 'credentials-missing',
  UnrecognizedClientException: 'credentials-missing',
  RequestExpired: 'clock-skewed',
  RequestInTheFuture: 'clock-skewed',
  RequestTimeTooSkewed: 'clock-skewed',
};

/** OpenSSL's verdicts as Node names them (page 'TLS', X509 certificate error codes); the others begin with `CERT_`. */
const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const UNREACHABLE_CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);

/**
 * The SluiceError of a call that failed for a reason other than its object or table: `access-denied`,
 * `credentials-missing`, `credentials-expired`, `certificate-untrusted`, `clock-skewed`, `endpoint-unreachable`. undefined for
 * any other. Of the error it reads, where they are there, `name`, `code`, `message`, `cause` and the SDK's `$metadata`.
 */
export function callError(error: unknown, call: AwsCall): SluiceError | undefined {
  const code = codeOf(error);
  if (code === undefined) return undefined;
  return new SluiceError(code, `${call.action} on ${call.resource} failed: ${WORDS[code](textOf(error))}`, {
    data: { action: call.action, resource: call.resource },
    cause: error,
  });
}

/** The HTTP status of the answer that an error of the SDK stands for; undefined where no answer came. */
export function httpStatus(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

/** The service's name for the error, or the class's. */
export function errorName(error: unknown): string {
  return fieldOf(error, 'name');
}

type CallErrorCode = keyof typeof WORDS;

const WORDS = {
  'access-denied': (answer: string) =>
    `access was denied (${answer}). Allow this action on this resource for the role or user that Sluice runs as.`,
  'credentials-missing': (answer: string) =>
    `there are no credentials, or AWS does not know them (${answer}). Log in, set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
  'credentials-expired': (answer: string) =>
    `the credentials have expired (${answer}). Log in again, or renew the session token.`,
  'certificate-untrusted': (answer: string) =>
    `the certificate of the endpoint is not trusted (${answer}). If you use a proxy with its own certificate, name that certificate in NODE_EXTRA_CA_CERTS.`,
  'clock-skewed': (answer: string) =>
    `this host's clock differs too much from AWS's (${answer}). Synchronise it, for example by NTP.`,
  'endpoint-unreachable': (answer: string) =>
    `the endpoint cannot be reached (${answer}). Check the network, the region and AWS_ENDPOINT_URL; for the local stack, that it is running and that --endpoint is right.`,
} as const;

function codeOf(error: unknown): CallErrorCode | undefined {
  const name = fieldOf(error, 'name');
  const code = fieldOf(error, 'code');
  const message = fieldOf(error, 'message');
  if (code.startsWith('CERT_') || CERTIFICATE_CODES.has(code)) return 'certificate-untrusted';
  if (UNREACHABLE_CODES.has(code)) return 'endpoint-unreachable';
  const known = (CODES[name] ?? CODES[code]) as CallErrorCode | undefined;
  // One code for two matters: a signature is also refused for its time, and a login is also found missing once it has expired.
  if (known === 'credentials-missing' && /signature (expired|not yet current)/i.test(message))
    return 'clock-skewed';
  if (known === 'credentials-missing' && /expired/i.test(message)) return 'credentials-expired';
  if (known !== undefined) return known;
  const cause = (error as { cause?: unknown } | null | undefined)?.cause;
  if (cause !== undefined && cause !== error) return codeOf(cause);
  return httpStatus(error) === 403 ? 'access-denied' : undefined;
}

function textOf(error: unknown): string {
  const label = fieldOf(error, 'code') || fieldOf(error, 'name');
  const message = fieldOf(error, 'message');
  return message === '' || message.includes(label) ? message || label : `${label}: ${message}`;
}

function fieldOf(error: unknown, field: 'name' | 'code' | 'message'): string {
  if (typeof error !== 'object' || error === null) return '';
  const value = (error as Record<string, unknown>)[field];
  return typeof value === 'string' ? value : '';
}
