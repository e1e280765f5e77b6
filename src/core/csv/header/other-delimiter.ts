import type { Format } from '../format.ts';

const USUAL = [',', ';', '\t', '|'];

/** A hint for a header of one column that contains another usual delimiter; otherwise ''. */
export function otherDelimiterHint(header: string, { delimiter }: Format): string {
  const found = USUAL.filter((usual) => usual !== delimiter && header.includes(usual));
  if (found.length === 0) return '';
  const countOf = (usual: string): number => header.split(usual).length;
  const likely = found.reduce((best, usual) => (countOf(usual) > countOf(best) ? usual : best));
  return ` The whole header is one column: did you mean format.delimiter: ${likely === '\t' ? 'tab' : JSON.stringify(likely)}?`;
}
