/** A scenario's course: units of each second from its start on. */
export type Panel = {
  readonly title: string;
  readonly writtenUnits: readonly number[];
  readonly heldUnits: readonly number[];
  /** What the table could have taken; empty if nothing sets it. */
  readonly capacityUnits: readonly number[];
};

const WIDTH = 860;
const PANEL_HEIGHT = 190;
const LEFT = 70;
const RIGHT = 16;
const TOP = 34;
const BOTTOM = 30;
/** More points than this cannot be distinguished. */
const MAX_POINTS = 400;
const SERIES = [
  { key: 'capacityUnits', name: 'capacity', stroke: '#8a8f98', dash: '5 4' },
  { key: 'writtenUnits', name: 'written', stroke: '#0b6e4f', dash: 'none' },
  { key: 'heldUnits', name: 'throttled', stroke: '#c8402f', dash: 'none' },
] as const;

/** One panel below the other, write units a second over time, as an SVG document. */
export function plotThroughput(panels: readonly Panel[]): string {
  const height = panels.length * PANEL_HEIGHT + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    '<title>Write units per second over time, by scenario</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...SERIES.map(({ name, stroke, dash }, index) => {
      const x = LEFT + index * 110;
      return `<path d="M${x} 16h24" stroke="${stroke}" stroke-width="2" stroke-dasharray="${dash}"/><text x="${x + 30}" y="20">${name}</text>`;
    }),
    ...panels.map((panel, index) => drawPanel(panel, 30 + index * PANEL_HEIGHT)),
    '</svg>\n',
  ].join('\n');
}

function drawPanel(panel: Panel, top: number): string {
  const seconds = Math.max(1, panel.writtenUnits.length);
  const series = SERIES.map(({ key, stroke, dash }) => ({ stroke, dash, points: thinned(panel[key]) }));
  const most = Math.max(1, ...series.flatMap(({ points }) => points));
  const [right, bottom] = [WIDTH - RIGHT, top + PANEL_HEIGHT - BOTTOM];
  const x = (second: number): number => LEFT + ((right - LEFT) * second) / seconds;
  const y = (units: number): number => bottom - ((bottom - top - TOP) * units) / (1.05 * most);
  const lines = series
    .filter(({ points }) => points.length > 0)
    .map(({ points, stroke, dash }) => {
      const step = seconds / points.length;
      const path = points.map((units, at) => `${round(x((at + 0.5) * step))} ${round(y(units))}`).join('L');
      return `<path d="M${path}" fill="none" stroke="${stroke}" stroke-width="1.5" stroke-dasharray="${dash}"/>`;
    });
  return [
    `<text x="${LEFT}" y="${top + 20}" font-weight="600">${escapeXml(panel.title)}</text>`,
    ...ticks(most).map(
      (units) =>
        `<path d="M${LEFT} ${round(y(units))}H${right}" stroke="#e4e6ea"/><text x="${LEFT - 8}" y="${round(y(units) + 4)}" text-anchor="end">${units.toLocaleString('en')}</text>`,
    ),
    ...ticks(seconds).map(
      (second) =>
        `<text x="${round(x(second))}" y="${bottom + 16}" text-anchor="middle">${second.toLocaleString('en')} s</text>`,
    ),
    ...lines,
  ].join('\n');
}

/** Means of equally many seconds each. */
function thinned(units: readonly number[]): readonly number[] {
  const size = Math.ceil(units.length / MAX_POINTS);
  return Array.from({ length: Math.ceil(units.length / Math.max(1, size)) }, (_, index) => {
    const part = units.slice(index * size, (index + 1) * size);
    return part.reduce((sum, each) => sum + each, 0) / part.length;
  });
}

/** Four to ten round numbers from 0 up to at most `most`. */
function ticks(most: number): readonly number[] {
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const step = magnitude * (most / magnitude >= 5 ? 1 : most / magnitude >= 2 ? 0.5 : 0.2);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) =>
    Number((index * step).toPrecision(3)),
  );
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
