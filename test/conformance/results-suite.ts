import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Results } from '../../src/core/ports.ts';

export type OpenResults = () => Promise<{
  results: Results;
  /** What lies where `put` answered that it does. */
  read: (where: string) => Promise<Uint8Array>;
  close: () => Promise<void>;
}>;

/** The Results' contract, for any that `open` gives. */
export function describeResults(name: string, open: OpenResults): void {
  describe(`the results in ${name}`, () => {
    let opened: Awaited<ReturnType<OpenResults>>;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    test.each([
      ['text', 'reports/people/1.json', Buffer.from('{"ä":"😀"}')],
      ['nothing', 'rejects/people/1/0-000000000000000.csv', Buffer.from('')],
      ['any bytes', 'rejects/people/2/0-000000000000000.csv', Buffer.from([0, 255, 13, 10, 128])],
      ['2 MB', 'rejects/people/3/0-000000000000000.csv', Buffer.alloc(2_000_000, 'abc')],
      ['something under a name of many characters', 'rejects/ä b/+%41&.csv', Buffer.from('x')],
    ])('keep %s, and say where', async (_, name, body) => {
      const where = await opened.results.put(name, body, 'text/csv; charset=utf-8');
      expect(where.endsWith(name)).toBe(true);
      expect(Buffer.from(await opened.read(where)).equals(body)).toBe(true);
    });

    test('put over what was there, in the same place', async () => {
      const first = await put('reports/twice.json', 'a longer first one');
      const second = await put('reports/twice.json', 'second');
      expect(second).toBe(first);
      expect(Buffer.from(await opened.read(second)).toString()).toBe('second');
    });

    test('keep what the body was at the call, whatever becomes of its buffer', async () => {
      const body = Buffer.from('before');
      const where = await opened.results.put('reports/buffer.json', body, 'application/json');
      body.write('after!');
      expect(Buffer.from(await opened.read(where)).toString()).toBe('before');
    });

    function put(name: string, text: string): Promise<string> {
      return opened.results.put(name, Buffer.from(text), 'application/json');
    }
  });
}
