import { expect, test } from 'vitest';
import { createFooter, MAX_FOOTER_BYTES } from '../../../src/core/csv/footer.ts';
import { DEFAULT_FORMAT } from '../../../src/core/csv/format.ts';

const footerOf = (rows: number) => createFooter({ ...DEFAULT_FORMAT, skip_footer: rows }, 1)!;

/** Opens the text as a whole that is not the end of the file; a byte is left for the reader. */
function scan(footer: ReturnType<typeof footerOf>, text: string): number {
  const bytes = Buffer.alloc(text.length + 1);
  bytes.write(text, 'latin1');
  footer.open(bytes, 0, text.length, false);
  footer.scan();
  return footer.rowLimit;
}

test('blank rows before the first row are not held', () => {
  expect(scan(footerOf(2), '\n'.repeat(1000))).toBe(1000);
  expect(scan(footerOf(2), '\n\na\n\nb\n')).toBe(2);
});

test('the last rows are held, and no more of them than may be the footer', () => {
  expect(scan(footerOf(2), 'a\nb\n')).toBe(0);
  expect(scan(footerOf(2), 'a\nb\nc\n\n')).toBe(2);
});

test('blank rows behind the last row count to what is held', () => {
  const held = `a\n${'\n'.repeat(MAX_FOOTER_BYTES - 2)}`;
  expect(scan(footerOf(2), held)).toBe(0);
  expect(() => scan(footerOf(2), `${held}\n`)).toThrow(expect.objectContaining({ code: 'footer-too-large' }));
});
