import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { childText, readXml, writeXml } from '../../../local/s3/xml.ts';

test('any text survives being written and read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(childText(readXml(writeXml('Delete', { Key: text })), 'Key')).toBe(text);
    }),
  );
});

test('lists become elements of one name, undefined values none', () => {
  const written = writeXml('R', { Part: [{ N: 1 }, { N: 2 }], None: undefined, Empty: [], Is: true }, false);
  expect(written).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<R><Part><N>1</N></Part><Part><N>2</N></Part><Is>true</Is></R>',
  );
});

test('attributes, comments and empty elements are skipped', () => {
  const root = readXml(
    '<?xml version="1.0"?>\n<!-- c --><A xmlns="x"><B k="v"/><C> 1 &amp; &#x41;&#66; </C></A>\n',
  );
  expect(root).toMatchObject({
    name: 'A',
    children: [
      { name: 'B', text: '' },
      { name: 'C', text: ' 1 & AB ' },
    ],
  });
});

test.each([
  '',
  'text',
  '<A>',
  '<A></B>',
  '</A>',
  '<A/><B/>',
  '<A><B></A></B>',
  '<A',
  '<A>&lt;</A><',
  '<A>&#x110000;</A>',
  '<A>&#99999999;</A>',
])('what is not well-formed is refused: %s', (text) => {
  expect(() => readXml(text)).toThrow(expect.objectContaining({ code: 'MalformedXML' }));
});

test('a reference that XML does not define stays as it is', () => {
  expect(readXml('<A>&constructor;</A>').text).toBe('&constructor;');
});
