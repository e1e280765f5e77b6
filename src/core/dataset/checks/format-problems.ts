import { nearest } from '../../nearest.ts';
import { canonicalEncoding } from '../../csv/text/encoding.ts';
import { checkSpec } from '../../types/check-spec.ts';
import { type Problem, shown } from '../reading/problem.ts';
import { suggestEncoding } from '../reading/suggestion.ts';
import type { ResolvedDocument } from '../resolved/resolved-document.ts';

/** What does not fit together in `format`. */
export function formatProblems({ format }: ResolvedDocument): readonly Problem[] {
  const problems: Problem[] = [];
  const tell = (field: string, text: string): void => {
    problems.push({ path: ['format', field], at: 'value', text });
  };

  if (canonicalEncoding(format.encoding) === null) {
    const meant = suggestEncoding(format.encoding);
    const hint = meant === null ? '' : `; did you mean ${shown(meant)}?`;
    tell('encoding', `${shown(format.encoding)} is not an encoding${hint}`);
  }
  characters();
  lines();
  names();
  words();
  return problems;

  function characters(): void {
    const { delimiter, quote, escape } = format;
    for (const field of ['quote', 'escape'] as const) {
      if (format[field] === delimiter)
        tell(field, `${shown(delimiter)} is also the delimiter; they must differ`);
    }
    if (format.backslash_escapes) {
      for (const [field, character] of [
        ['delimiter', delimiter],
        ['quote', quote],
      ] as const) {
        if (character === '\\')
          tell(field, "'\\\\' is the escape character of backslash_escapes; they must differ");
      }
    }
    if (format.stray_quotes === 'repair' && quote === null) {
      tell('stray_quotes', "'repair' needs quotes, and quote is none");
    }
    if (escape === ' ' || quote === ' ') tell(quote === ' ' ? 'quote' : 'escape', 'a space cannot be it');
    if (format.trim && delimiter === ' ') tell('trim', 'the delimiter is a space; trim would remove it');
  }

  function lines(): void {
    const texts: [string, string][] = format.comment.map((text) => ['comment', text]);
    if (typeof format.skip_lines === 'object') texts.push(['skip_lines', format.skip_lines.until]);
    if (typeof format.skip_footer === 'object') texts.push(['skip_footer', format.skip_footer.from]);
    for (const [field, text] of texts) {
      if (/[\r\n]/.test(text))
        tell(field, `${shown(text)} contains a line end; lines are compared one by one`);
    }
    if (typeof format.skip_lines === 'object' && format.header === 0) {
      tell('skip_lines', 'until is the begin of the header, and header is 0; give the number of lines');
    }
  }

  function names(): void {
    const { header, names: given } = format;
    if (given === null && header === 0) tell('header', 'files without a header need names: a list of names');
    if (given === null) return;
    if (header > 0) {
      tell(
        'names',
        'names stand for a header: set header: 0, and skip_lines: 1 if files have a header that is not to be used',
      );
    }
    const twice = given.find((name, index) => name !== '' && given.indexOf(name) !== index);
    if (twice !== undefined) tell('names', `${shown(twice)} occurs twice`);
    if (given.includes('') && format.blank_names === 'reject') {
      tell('names', 'a name is blank; set blank_names: drop, or give it a name');
    }
  }

  function words(): void {
    if (format.thousands.includes(format.decimal)) {
      tell('thousands', `${shown(format.decimal)} is also the decimal mark; they must differ`);
    }
    const truths = new Set(format.true_values.map((word) => word.toLowerCase()));
    const both = format.false_values.find((word) => truths.has(word.toLowerCase()));
    if (both !== undefined) tell('false_values', `${shown(both)} is also in true_values`);
    for (const type of ['date', 'datetime'] as const) {
      for (const { option, text, suggestion } of checkSpec({ type }, { ...format, time_zone: null })) {
        const hint = suggestion === null ? '' : `; did you mean ${shown(suggestion)}?`;
        if (option === 'format') tell(`${type}_format`, `${text}${hint}`);
      }
    }
    const zone = format.time_zone === null ? null : timeZoneProblem(format.time_zone);
    if (zone !== null) tell('time_zone', zone);
  }
}

/** What is wrong with the name of a time zone; null: nothing. */
export function timeZoneProblem(zone: string): string | null {
  if (zone === 'local') return null;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone }).format(0);
    return null;
  } catch {
    const meant = nearest(zone, ['UTC', 'local', ...Intl.supportedValuesOf('timeZone')], (each) => each);
    const hint = meant === null ? '' : `; did you mean ${shown(meant)}?`;
    return `${shown(zone)} is not a time zone such as Europe/Berlin, UTC or local${hint}`;
  }
}
