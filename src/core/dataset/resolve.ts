import type { DatasetProblem } from './checks/set/conflicts.ts';
import { type Dataset, datasetInvalid, resolveDocument, resolveSet } from './dataset.ts';
import type { Libraries } from '../libraries.ts';
import { problemText } from './reading/problem.ts';
import { readYaml, type YamlDocument } from './reading/yaml-document.ts';
import { schema } from './schema/document.ts';

export type DatasetFile = {
  /** As a message shows it: `datasets/people.yaml`. */
  readonly path: string;
  /** Without `.yaml`: the dataset's. */
  readonly name: string;
  readonly text: string;
  /** The bundled module of its `transform`, or what is wrong with it. */
  readonly transform?: { readonly code: string } | { readonly problem: string };
};

/** The path of the module that a document names as its `transform`; null: it names none, or is no document. */
export function transformPath(text: string): string | null {
  if (!text.includes('transform')) return null;
  const yaml = readYaml(text, schema);
  const { transform } = 'value' in yaml && isFields(yaml.value) ? yaml.value : {};
  return typeof transform === 'string' ? transform : null;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/**
 * Resolves the documents of a deployment, in the order of their names. Throws `dataset-invalid` with all that is wrong in all of
 * them, a line each: `datasets/people.yaml:7:3: columns.age.type: 'int' is not a type; did you mean 'number'? …`
 */
export function resolveDatasets(files: readonly DatasetFile[], libraries: Libraries): readonly Dataset[] {
  const lines: string[] = [];
  const datasets: Dataset[] = [];
  const documents = new Map<string, { file: DatasetFile; yaml: YamlDocument }>();
  const tell = (problem: DatasetProblem): void => {
    const { file, yaml } = documents.get(problem.dataset)!;
    const { line, column } = yaml.locate(problem);
    lines.push(`${file.path}:${line}:${column}: ${problemText(problem)}`);
  };
  const wrong = new Set<string>();
  for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const yaml = readYaml(file.text, schema);
    if (!('value' in yaml)) {
      wrong.add(file.name);
      for (const { line, column, path, text } of yaml) {
        lines.push(`${file.path}:${line}:${column}: ${problemText({ path, at: 'value', text })}`);
      }
      continue;
    }
    documents.set(file.name, { file, yaml });
    const { transform = { code: '' } } = file;
    if ('problem' in transform) {
      wrong.add(file.name);
      tell({ dataset: file.name, path: ['transform'], at: 'value', text: transform.problem });
      continue;
    }
    const resolved = resolveDocument(file.name, yaml.value, transform.code, libraries);
    if ('digest' in resolved) {
      datasets.push(resolved);
      continue;
    }
    wrong.add(file.name);
    for (const problem of resolved) tell(problem);
  }
  const set = resolveSet(datasets);
  for (const problem of set.problems) {
    wrong.add(problem.dataset);
    tell(problem);
  }
  if (lines.length > 0) throw datasetInvalid(lines, [...wrong]);
  return set.datasets;
}
