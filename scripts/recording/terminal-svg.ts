/** A line that appears in the terminal; `atMs` counts from the start of the recording. */
export type TimedLine = { readonly atMs: number; readonly text: string; readonly isCommand: boolean };

const COLUMNS = 80;
const CHARACTER_WIDTH = 8.43;
const LINE_HEIGHT = 19;
const PADDING = 16;
const BAR_HEIGHT = 30;

/**
 * A terminal of 80 columns as an SVG document, in which the lines appear one after another, once. Where a viewer prefers
 * reduced motion or knows no CSS animation, all of them are visible. Longer lines are wrapped as a terminal wraps them.
 */
export function terminalSvg(title: string, lines: readonly TimedLine[]): string {
  const rows = lines.flatMap((line) => wrapped(line.text).map((text) => ({ ...line, text })));
  const width = Math.ceil(COLUMNS * CHARACTER_WIDTH + 2 * PADDING);
  const height = BAR_HEIGHT + rows.length * LINE_HEIGHT + 2 * PADDING;
  const texts = rows.map(({ text, atMs, isCommand }, row) => {
    const y = BAR_HEIGHT + PADDING + (row + 0.75) * LINE_HEIGHT;
    const delay = `animation-delay:${(atMs / 1000).toFixed(2)}s`;
    return `<text x="${PADDING}" y="${y.toFixed(1)}"${isCommand ? ' class="command"' : ''} style="${delay}" xml:space="preserve">${escapeXml(text)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    '<style>',
    'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d7dde4}',
    '.command{fill:#7ee0a8;font-weight:600}',
    '@media (prefers-reduced-motion:no-preference){text{opacity:0;animation:appear 1ms forwards}}',
    '@keyframes appear{to{opacity:1}}',
    '</style>',
    `<rect width="${width}" height="${height}" rx="8" fill="#16191f"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (fill, index) =>
        `<circle cx="${PADDING + 6 + index * 18}" cy="${BAR_HEIGHT / 2 + 2}" r="5.5" fill="${fill}"/>`,
    ),
    ...texts,
    '</svg>\n',
  ].join('\n');
}

/** An empty line is a row, too. */
function wrapped(text: string): readonly string[] {
  const characters = Array.from(text);
  const rows = Math.max(1, Math.ceil(characters.length / COLUMNS));
  return Array.from({ length: rows }, (_, row) =>
    characters.slice(row * COLUMNS, (row + 1) * COLUMNS).join(''),
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
