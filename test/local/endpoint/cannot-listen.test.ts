import { expect, test } from 'vitest';
import { cannotListen } from '../../../local/endpoint/cannot-listen.ts';

const failure = (code: string) => Object.assign(new Error(`${code}: some call`), { code });

// As root, and where the system lets everyone have them, a low port is free to all: so the mapping is tested by itself.
test.each([
  ['EADDRINUSE', 'port-taken', /^Port 80 of 127\.0\.0\.1 is in use/],
  [
    'EACCES',
    'configuration-invalid',
    /^Port 80 of 127\.0\.0\.1 needs privileges .* of at least 1024 with --port\.$/,
  ],
])('a port that answers %s is %s', (code, expected, message) => {
  expect(cannotListen(80, failure(code))).toMatchObject({
    code: expected,
    message: expect.stringMatching(message),
  });
});

test('what nobody foresaw stays as it is', () => {
  const cause = failure('EMFILE');
  expect(cannotListen(80, cause)).toBe(cause);
});
