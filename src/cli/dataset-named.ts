import { join } from 'node:path';
import type { Dataset } from '../core/dataset/dataset.ts';
import { SluiceError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';

/** The dataset that an option names, of those in the folder. Throws `no-dataset`. */
export function datasetNamed(datasets: readonly Dataset[], name: string, folder: string): Dataset {
  const dataset = datasets.find((candidate) => candidate.name === name);
  if (dataset !== undefined) return dataset;
  const names = datasets.map((each) => each.name);
  const meant = nearest(name, names, (each) => each);
  const hint = meant === null ? '' : ` Did you mean '${meant}'?`;
  throw new SluiceError(
    'no-dataset',
    `There is no dataset '${name}' in ${folder}.${hint} Datasets: ${names.join(', ')}. Name one of them, or write ${join(folder, `${name}.yaml`)}.`,
    { data: { dataset: name } },
  );
}
