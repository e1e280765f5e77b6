import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { callError, errorName, httpStatus } from '../../src/aws/call-error.ts';

const call = { action: 'dynamodb:GetItem', resource: 'table/sluice-ledger' };

test.each([
  ['access-denied', { name: 'AccessDeniedException', message: 'User: x is not authorized' }],
  ['access-denied', { name: 'AccessDenied', message: 'Access Denied' }],
  ['access-denied', { name: '403', message: 'UnknownError', $metadata: { httpStatusCode: 403 } }],
  ['credentials-missing', { name: 'CredentialsProviderError', message: 'Could not load credentials' }],
  ['credentials-missing', { name: 'UnrecognizedClientException', message: 'The token is invalid.' }],
  ['credentials-missing', { name: 'InvalidSignatureException', message: 'The signature does not match' }],
  ['credentials-expired', { name: 'ExpiredTokenException', message: 'The token has expired' }],
  ['credentials-expired', { name: 'CredentialsProviderError', message: 'The SSO session has expired.' }],
  ['clock-skewed', { name: 'InvalidSignatureException', message: 'Signature expired: 1 is earlier than 2' }],
  ['clock-skewed', { name: 'InvalidSignatureException', message: 'Signature not yet current: 2 > 1' }],
  ['clock-skewed', { name: 'RequestTimeTooSkewed', message: 'The difference is too large.' }],
  ['certificate-untrusted', { name: 'Error', code: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'self-signed' }],
  ['certificate-untrusted', { name: 'Error', code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' }],
  ['certificate-untrusted', { name: 'TypeError', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } }],
  ['endpoint-unreachable', { name: 'Error', code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND x' }],
  ['endpoint-unreachable', { name: 'TimeoutError', code: 'ECONNREFUSED', message: 'connect' }],
])('tells %s: %o', (code, error) => {
  const found = callError(error, call);
  expect(found).toMatchObject({ code, data: call, cause: error });
  expect(found?.message).toMatch(/^dynamodb:GetItem on table\/sluice-ledger failed: .+\(.+\)\. \w.+\.$/);
});

test.each([
  [{ name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } }],
  [{ name: 'InternalServerError', message: 'unwell', $metadata: { httpStatusCode: 500 } }],
  [{ name: 'Error', code: 'ECONNRESET', message: 'socket hang up' }],
  [new TypeError('a mistake of ours')],
  ['text'],
  [null],
  [undefined],
])('leaves anything else to others: %o', (error) => {
  expect(callError(error, call)).toBeUndefined();
});

test('reads a real refusal to connect', async () => {
  const server = createTcpServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  const error = await failure(`http://127.0.0.1:${port}`);
  expect(callError(error, call)).toMatchObject({ code: 'endpoint-unreachable' });
  expect(httpStatus(error)).toBeUndefined();
});

test('reads status and name where there are any', () => {
  expect(httpStatus({ $metadata: { httpStatusCode: 404 } })).toBe(404);
  expect(httpStatus(undefined)).toBeUndefined();
  expect(errorName({ name: 'NoSuchKey' })).toBe('NoSuchKey');
  expect(errorName('text')).toBe('');
});

async function failure(endpoint: string): Promise<unknown> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    return await client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: '1' } } }));
  } catch (error) {
    return error;
  } finally {
    client.destroy();
  }
}
