import type { Format } from '../csv/format.ts';
import { cellOptions, type CellOptions } from './cell-options.ts';
import { checkValues } from './cells/check-values.ts';
import type { CellSpec } from './column-spec.ts';
import type { AttributeTag, TypeOption } from './column-type.ts';
import { COLUMN_TYPE_NAMES, columnType, type ColumnTypeName } from './column-types.ts';
import {
  checkDateFormat,
  checkDateFormats,
  checkDateStore,
  hasOffset,
} from './dates/formats/check-date-formats.ts';
import type { DateKind } from './dates/formats/date-formats.ts';
import { timeZone } from './dates/time-zone.ts';
import { checkPattern } from './patterns/linear-pattern.ts';

/** Something in what a document says of a column that does not fit. `option` is the field at fault. */
export type SpecProblem = {
  readonly option: keyof CellSpec;
  readonly text: string;
  readonly suggestion: string | null;
};

/** How DynamoDB calls the type of a column's attributes. */
export function tagOf(spec: CellSpec, format: Format): AttributeTag {
  return columnType(spec.type).tagOf(cellOptions(spec, format, false));
}

export function mayBeKey(spec: CellSpec): boolean {
  return columnType(spec.type).mayBeKey;
}

/** What a document may say of a column of each type, beside what it may say of any column. */
export const OPTIONS_BY_TYPE: Readonly<Record<ColumnTypeName, readonly TypeOption[]>> = Object.fromEntries(
  COLUMN_TYPE_NAMES.map((name) => [name, columnType(name).options]),
) as Record<ColumnTypeName, readonly TypeOption[]>;

/** All that does not fit in what a document says of a column or a computed attribute. A column that has none compiles. */
export function checkSpec(spec: CellSpec, format: Format): readonly SpecProblem[] {
  const found = [
    ...unknownOptions(spec),
    ...checkElements(spec),
    ...checkNumbers(spec, format),
    ...checkWords(spec, format),
    ...checkDates(spec, format),
    ...checkTexts(spec),
  ];
  // Values are read by the other options.
  return found.length > 0 ? found : checkValues(columnType(spec.type), cellOptions(spec, format, false));
}

function problem(option: keyof CellSpec, text: string, suggestion: string | null = null): SpecProblem {
  return { option, text, suggestion };
}

const SPECIAL_OPTIONS = new Set<string>(
  Object.values(OPTIONS_BY_TYPE).flat() satisfies readonly (keyof CellSpec)[],
);
/** Of the elements of a list: the others belong to the list, or are rules. */
const ELEMENT_OPTIONS = new Set<string>([
  'decimal',
  'thousands',
  'negative',
  'divide',
  'multiply',
  'true_values',
  'false_values',
  'time_zone',
  'store',
  'encoding',
  'case',
  'normalize',
]);
/** Lists are compared with nothing. */
const WITHOUT_ENUM = new Set<string>(['json', 'list', 'string_set', 'number_set', 'boolean']);

function unknownOptions(spec: CellSpec): readonly SpecProblem[] {
  const type = spec.type ?? 'string';
  const own = OPTIONS_BY_TYPE[type];
  const allowed = new Set<string>(own);
  if (type === 'list') {
    for (const option of OPTIONS_BY_TYPE[spec.of ?? 'string']) {
      if (ELEMENT_OPTIONS.has(option)) allowed.add(option);
    }
  }
  const problems = Object.keys(spec)
    .filter((option) => SPECIAL_OPTIONS.has(option) && !allowed.has(option))
    .map((option) => {
      const has = own.length === 0 ? 'it has no options of its own' : `it has ${own.join(', ')}`;
      return problem(option as keyof CellSpec, `is no option of type ${type}; ${has}`);
    });
  if (spec.enum !== undefined && WITHOUT_ENUM.has(type)) {
    problems.push(problem('enum', `is no option of type ${type}`));
  }
  return problems;
}

const ELEMENTS: ReadonlySet<ColumnTypeName> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'date',
  'time',
  'datetime',
  'binary',
]);

function checkElements({ type, of, separator, format = [] }: CellSpec): readonly SpecProblem[] {
  if (type !== 'list' && type !== 'string_set' && type !== 'number_set') return [];
  const problems: SpecProblem[] = [];
  if (of !== undefined && !ELEMENTS.has(of)) {
    problems.push(problem('of', `${of} is no type of elements. Allowed: ${[...ELEMENTS].join(', ')}`));
  }
  const other = format.find((each) => each !== 'json' && each !== 'postgres');
  if (other !== undefined)
    problems.push(problem('format', `${other} is no format of a ${type}. Allowed: json, postgres`));
  else if (format.length > 1) problems.push(problem('format', 'a cell has one format: json or postgres'));
  if (separator === undefined && format.length === 0) {
    problems.push(problem('type', `a ${type} needs separator, or format: json or postgres`));
  }
  if (separator === '') problems.push(problem('separator', 'a separator has at least one character'));
  if (separator !== undefined && format.length > 0) {
    problems.push(
      problem('separator', `format: ${format[0]} has a separator of its own; remove one of them`),
    );
  }
  return problems;
}

function checkNumbers(
  { divide, multiply, decimal, thousands }: CellSpec,
  format: Format,
): readonly SpecProblem[] {
  const problems: SpecProblem[] = [];
  for (const [option, power] of Object.entries({ divide, multiply })) {
    if (power === undefined || /^10{1,12}$/.test(String(power))) continue;
    problems.push(problem(option as 'divide', 'must be a power of ten from 10 to 1000000000000'));
  }
  const mark = decimal ?? format.decimal;
  if ((thousands ?? format.thousands).includes(mark) && (decimal ?? thousands) !== undefined) {
    const text = `'${mark}' stands before decimals and between thousands; they must differ`;
    problems.push(problem(thousands === undefined ? 'decimal' : 'thousands', text));
  }
  return problems;
}

function checkWords({ true_values, false_values }: CellSpec, format: Format): readonly SpecProblem[] {
  const fold = (word: string) => word.toLowerCase();
  const yes = new Set((true_values ?? format.true_values).map(fold));
  const both = (false_values ?? format.false_values).find((word) => yes.has(fold(word)));
  if (both === undefined || (true_values ?? false_values) === undefined) return [];
  const option = false_values === undefined ? 'true_values' : 'false_values';
  return [problem(option, `'${both}' is a word for true and for false`)];
}

function checkTexts({ pattern, length }: CellSpec): readonly SpecProblem[] {
  const problems: SpecProblem[] = [];
  const wrong = pattern === undefined ? null : checkPattern(pattern);
  if (wrong !== null) problems.push(problem('pattern', wrong.text));
  if (length !== undefined && length.max !== null && length.min > length.max) {
    problems.push(problem('length', `min, ${length.min}, is more than max, ${length.max}`));
  }
  return problems;
}

function checkDates(spec: CellSpec, format: Format): readonly SpecProblem[] {
  const { type = 'string', store, time_zone } = spec;
  const element = type === 'list' ? spec.of : type;
  if (element !== 'date' && element !== 'time' && element !== 'datetime') return [];
  const options = dateOptions(spec, format);
  const problems: SpecProblem[] = options.formats.flatMap((each) => {
    const wrong = checkDateFormat(each, element);
    return wrong === null ? [] : [problem('format', `'${each}': ${wrong.text}`, wrong.suggestion)];
  });
  const wrongStore = store === undefined ? null : checkDateStore(store, element);
  if (wrongStore !== null)
    problems.push(problem('store', `'${store}': ${wrongStore.text}`, wrongStore.suggestion));
  if (time_zone === 'local' && element !== 'datetime') {
    problems.push(problem('time_zone', `local is for type datetime: a ${element} has no time zone`));
  } else if (time_zone !== undefined && time_zone !== 'local' && timeZone(time_zone) === null) {
    problems.push(
      problem('time_zone', `'${time_zone}' is no time zone; use a name such as Europe/Berlin or UTC`),
    );
  }
  return problems.length > 0 ? problems : checkTogether(element, spec, options);
}

function dateOptions(spec: CellSpec, format: Format): CellOptions {
  const options = cellOptions(spec, format, false);
  return options.element?.options ?? options;
}

function checkTogether(
  kind: DateKind,
  { store }: CellSpec,
  { formats, time_zone }: CellOptions,
): readonly SpecProblem[] {
  const clash = checkDateFormats(formats, kind);
  if (clash !== null) {
    const text = `'${clash.formats[0]}' and '${clash.formats[1]}' both read '${clash.text}'; a text must have one meaning`;
    return [problem('format', text)];
  }
  if (kind !== 'datetime') return [];
  const zoneless = formats.find((format) => !hasOffset(format));
  if (zoneless !== undefined && time_zone === null) {
    const text = `'${zoneless}' has no offset from UTC: set it to the zone of the file, for example UTC or Europe/Berlin, or to local`;
    return [problem('time_zone', text)];
  }
  if (time_zone === 'local' && (store === 'epoch_s' || store === 'epoch_ms')) {
    return [problem('store', `a local time has no ${store}: set time_zone to the zone of the file`)];
  }
  return [];
}
