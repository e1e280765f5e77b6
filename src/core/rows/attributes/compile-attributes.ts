import type { AttributeSpec } from '../../dataset/resolved/attribute-spec.ts';
import type { Format } from '../../csv/format.ts';
import type { CellSpec } from '../../types/column-spec.ts';
import { NULL_VALUE, REFUSED } from '../../types/column-type.ts';
import { wordText, writeWords } from '../../types/words.ts';
import type { ImportFacts } from '../row-state.ts';
import { numberSize, utf8Length } from '../values/attribute-size.ts';
import { valueText } from '../values/value-text.ts';
import {
  ABSENT,
  FIRST_TAG,
  REMOVED,
  reserveBytes,
  setNull,
  tagAt,
  TAGS,
  type TagName,
} from '../values/values.ts';
import type { Names } from './names.ts';
import { compileText as compileReader } from '../../types/compile-cell.ts';
import { type Compute, compileAlias, compileText } from './template-value.ts';
import { templateParts } from './template-parts.ts';

/** A computed attribute: what it is computed from, and how. */
export type Attribute = {
  readonly name: string;
  readonly slot: number;
  readonly compute: Compute;
  readonly reads: readonly number[];
  /** Why it may have no value, for a key that needs one: the first of its parts that is missing. */
  readonly parts: readonly { readonly name: string; readonly slot: number }[];
};

export type AttributeScope = {
  readonly names: Names;
  readonly facts: ImportFacts;
  readonly format: Format;
  addSlot(): number;
  /** Part of a key, of the table or of an index. */
  isKey(name: string): boolean;
};

const encoder = new TextEncoder();
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** The steps that compute an attribute, each after those that it needs; the last one is the attribute's own. */
export function compileAttribute(
  spec: AttributeSpec,
  slot: number,
  scope: AttributeScope,
): readonly Attribute[] {
  if ('ttl' in spec) return [compileTtl(spec.name, spec.ttl, spec.after, slot, scope)];
  const { name, template } = spec;
  if (spec.type === undefined) return [compileTemplate(name, template, slot, scope)];
  const text = compileTemplate(name, template, scope.addSlot(), scope);
  const compute = compileTyped(spec, text.slot, slot, scope.format);
  return [text, { name, slot, compute, reads: [text.slot], parts: text.parts }];
}

function compileTemplate(name: string, template: string, slot: number, scope: AttributeScope): Attribute {
  const { names, facts } = scope;
  const parts = templateParts(template, names, facts);
  if (parts === null) return { name, slot, compute: () => true, reads: [], parts: [] };
  const [only] = parts;
  const values = parts.filter((part) => 'slot' in part);
  const isAlone = parts.length === 1 && only !== undefined && 'slot' in only && only.filters.length === 0;
  const compute = isAlone ? compileAlias(slot, only) : compileText(slot, parts, scope.isKey(name));
  return { name, slot, compute, reads: values.map((part) => part.slot), parts: values };
}

/** Reads a text like a cell of a column. */
export function compileTyped(spec: CellSpec, from: number, slot: number, format: Format): Compute {
  const cell = compileReader(spec, format);
  const opening = wordText(encoder.encode(cell.opening));
  const closing = wordText(encoder.encode(cell.closing));
  const { tag } = cell;
  const fixedTag = tag === 'any' ? 0 : TAGS[tag as TagName];
  const isNeeded = spec.default !== undefined || spec.not_null === true || spec.on_null === 'reject';
  const onNull = spec.on_null ?? format.on_null;
  return ({ row, values, texts }) => {
    const text = values.tags[from]! < FIRST_TAG ? '' : (valueText(values, from, texts) ?? '');
    if (text === '' && !isNeeded && onNull === 'omit') return true;
    reserveBytes(
      values,
      cell.room.perByte * utf8Length(text) + cell.room.more + opening.length + closing.length,
    );
    row.to = values.words;
    const start = values.used;
    const end = cell.write(row, text, writeWords(opening, row.to, start));
    if (end === REFUSED) return false;
    if (end === NULL_VALUE) {
      if (onNull === 'store') setNull(values, slot);
      else values.tags[slot] = onNull === 'remove' ? REMOVED : ABSENT;
      return true;
    }
    values.used = writeWords(closing, row.to, end);
    values.starts[slot] = start;
    values.ends[slot] = values.used;
    values.sizes[slot] = row.valueBytes;
    values.tags[slot] = fixedTag === 0 ? tagAt(row.to.bytes, start) : fixedTag;
    return true;
  };
}

/** Epoch seconds, so long after a date: what DynamoDB's time to live reads. */
function compileTtl(
  name: string,
  of: string,
  after: string | null,
  slot: number,
  scope: AttributeScope,
): Attribute {
  const from = scope.names.dateText(of, 'epoch_s').slot;
  const seconds =
    after === null ? 0 : Number(after.slice(0, -1)) * SECONDS[after.at(-1) as keyof typeof SECONDS];
  const compute: Compute = ({ row, values, texts }) => {
    const text = values.tags[from]! < FIRST_TAG ? null : valueText(values, from, texts);
    if (text === null) return true;
    const json = `{"N":"${Math.floor(Number(text)) + seconds}"}`;
    reserveBytes(values, json.length);
    row.to = values.words;
    values.starts[slot] = values.used;
    values.used += encoder.encodeInto(json, row.to.bytes.subarray(values.used)).written;
    values.ends[slot] = values.used;
    values.sizes[slot] = numberSize(json.slice(6, -2));
    values.tags[slot] = TAGS.N;
    return true;
  };
  return { name, slot, compute, reads: [from], parts: [{ name: of, slot: from }] };
}
