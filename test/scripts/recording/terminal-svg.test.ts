import { describe, expect, it } from 'vitest';
import { terminalSvg } from '../../../scripts/recording/terminal-svg.ts';

const line = (text: string, atMs = 0): { text: string; atMs: number; isCommand: boolean } => ({
  text,
  atMs,
  isCommand: false,
});

/** What stands in the document's lines of text. */
function rows(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
}

describe('terminalSvg', () => {
  it('shows each line at its time', () => {
    const svg = terminalSvg('a load', [line('first', 0), line('second', 1250)]);
    expect(rows(svg)).toEqual(['first', 'second']);
    expect(svg).toMatch(/animation-delay:1\.25s"[^>]*>second/);
  });

  it('wraps a line of more than 80 characters, and keeps an empty one', () => {
    expect(rows(terminalSvg('wide', [line('x'.repeat(81)), line(''), line('→'.repeat(80))]))).toEqual([
      'x'.repeat(80),
      'x',
      '',
      '→'.repeat(80),
    ]);
  });

  it('escapes markup', () => {
    const svg = terminalSvg('<title>', [line('<script>&</script>')]);
    expect(svg).not.toContain('<script>');
    expect(rows(svg)).toEqual(['&lt;script&gt;&amp;&lt;/script&gt;']);
  });

  it('hides lines only where motion is welcome', () => {
    expect(terminalSvg('', [])).toMatch(/prefers-reduced-motion:no-preference\)\{text\{opacity:0/);
  });
});
