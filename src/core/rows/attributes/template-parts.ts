import { type FilterCall, isProblem, parseTemplate } from '../../expressions/template/template.ts';
import { SluiceError } from '../../errors.ts';
import type { ImportFacts } from '../row-state.ts';
import { applyFilters } from '../../expressions/template/filters.ts';
import type { Names, Source } from './names.ts';

/** A part of a template: a text, or a value with its filters. */
export type Part = { readonly text: string } | ValuePart;
export type ValuePart = Source & {
  readonly name: string;
  readonly filters: readonly FilterCall[];
};

/** The parts of a template whose names are known. Texts that are the same for all rows are joined. null: a constant part is missing. */
export function templateParts(text: string, names: Names, facts: ImportFacts): readonly Part[] | null {
  const template = parseTemplate(text);
  if (isProblem(template)) throw invalid(text, template.text);
  const parts: Part[] = [];
  for (const part of template) {
    if (typeof part === 'string') {
      addText(part);
      continue;
    }
    const constant = constantOf(part.name, facts);
    if (constant !== null) {
      const filtered = applyFilters(constant, part.filters);
      if (filtered === null) return null;
      if (typeof filtered === 'string') addText(filtered);
      else throw invalid(text, `cannot be computed: ${filtered.reason}`);
      continue;
    }
    const first = part.filters[0];
    const isDate = first?.name === 'date';
    const source = isDate ? names.dateText(part.name, first.argument) : names.source(part.name);
    parts.push({ ...source, name: part.name, filters: isDate ? part.filters.slice(1) : part.filters });
  }
  return parts;

  function addText(added: string): void {
    const last = parts.at(-1);
    if (last !== undefined && 'text' in last) parts[parts.length - 1] = { text: last.text + added };
    else if (added !== '') parts.push({ text: added });
  }
}

function invalid(template: string, what: string): SluiceError {
  return new SluiceError(
    'dataset-invalid',
    `The template '${template}' ${what}. Fix it in the dataset, and deploy again.`,
    {
      data: { template },
    },
  );
}

function constantOf(name: string, { file, importId, importedAt }: ImportFacts): string | null {
  switch (name) {
    case '$file':
      return file;
    case '$import':
      return importId;
    case '$imported_at':
      return importedAt;
    default:
      return null;
  }
}
