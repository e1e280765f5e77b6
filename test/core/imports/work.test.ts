import { expect, test } from 'vitest';
import { formatWork, parseWork } from '../../../src/core/imports/work.ts';

test('a work message comes back from the queue as it was sent', () => {
  const message = { importId: 'abc', chunk: 3, epoch: 7 };
  expect(parseWork(formatWork(message))).toEqual(message);
});

test.each([
  '',
  'null',
  '{}',
  '{"importId":"a","chunk":-1,"epoch":0}',
  '{"importId":"a","chunk":0,"epoch":0,"more":1}',
])('a message that is not ours is refused: %s', (body) => {
  expect(() => parseWork(body)).toThrow(expect.objectContaining({ code: 'message-invalid' }));
});
