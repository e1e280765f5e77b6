import { createHash, createHmac, type Hmac, type Hash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HashConstructor, HttpRequest } from '@smithy/types';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signer } from '../../../src/aws/dynamo/sigv4.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const suiteTimeMs = Date.UTC(2015, 7, 30, 12, 36, 0);
const suiteToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

/** POST requests of AWS's "Signature Version 4 test suite". */
const published = [
  {
    name: 'post-vanilla',
    headers: {},
    body: '',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'post-header-key-sort',
    headers: { 'my-header1': 'value1' },
    body: '',
    signature: 'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  },
  {
    name: 'post-x-www-form-urlencoded',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Param1=value1',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  {
    name: 'post-sts-header-before',
    headers: {},
    sessionToken: suiteToken,
    body: '',
    signature: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  },
];

/** The hash that SignatureV4 wants, by another way than the subject's. */
function sha256Constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
  const state: Hash | Hmac =
    secret === undefined ? createHash('sha256') : createHmac('sha256', secret as NodeJS.ArrayBufferView);
  return {
    update: (data: Uint8Array | string) => void state.update(data),
    digest: async () => new Uint8Array(state.digest()),
    reset: () => undefined,
  };
}

function httpRequest(headers: Record<string, string>, body: Uint8Array): HttpRequest {
  return { method: 'POST', protocol: 'https:', hostname: headers['host']!, path: '/', headers, body };
}

function asRecord(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]!]] : [])),
  );
}

describe('signer', () => {
  it.each(published)(
    'signs $name as the published test suite does',
    ({ headers, body, signature, ...rest }) => {
      const sign = signer({
        credentials: { ...credentials, ...rest },
        region: 'us-east-1',
        service: 'service',
        path: '/',
        headers: { host: 'example.amazonaws.com', ...headers },
      });
      expect(asRecord(sign(Buffer.from(body), suiteTimeMs))['authorization']).toMatch(
        new RegExp(`Signature=${signature}$`),
      );
    },
  );

  it('signs as the SDK does, body after body, over seconds and days, with and without a session token', async () => {
    const word = fc.stringMatching(/^[A-Za-z0-9/+=]{1,80}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          accessKeyId: word,
          secretAccessKey: word,
          sessionToken: fc.option(word, { nil: undefined }),
        }),
        fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1'),
        fc.array(
          fc.tuple(
            fc.uint8Array({ maxLength: 300 }),
            fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
          ),
          { minLength: 1, maxLength: 4 },
        ),
        async ({ sessionToken, ...keys }, region, requests) => {
          const identity = sessionToken === undefined ? keys : { ...keys, sessionToken };
          const headers = {
            host: `dynamodb.${region}.amazonaws.com`,
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': 'DynamoDB_20120810.BatchWriteItem',
          };
          const sign = signer({ credentials: identity, region, service: 'dynamodb', path: '/', headers });
          const reference = new SignatureV4({
            credentials: identity,
            region,
            service: 'dynamodb',
            sha256: sha256Constructor as unknown as HashConstructor,
            applyChecksum: false,
          });
          for (const [body, at] of requests) {
            const expected: HttpRequest = await reference.sign(httpRequest(headers, body), {
              signingDate: at,
            });
            const { host: _, ...sent } = expected.headers;
            expect(asRecord(sign(body, at.getTime()))).toEqual(sent);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
