import { expect, test } from 'vitest';
import { cannotListen } from '../../../local/endpoint/cannot-listen.ts';

const failure = (code: string) => Object.assign(new Error(`${code}: some call`), { code });

// Root (and on some systems every user) may use a low port, so the mapping is tested alone.
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

test('any other error stays unchanged', () => {
  const cause = failure('EMFILE');
  expect(cannotListen(80, cause)).toBe(cause);
});
