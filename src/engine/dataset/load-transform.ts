import { SluiceError } from '../../core/errors.ts';
import type { Transform } from '../../core/rows/transform/transformer.ts';

/**
 * Loads the bundled module of a dataset's `transform`, once a process. The module runs with the loader's own rights: nothing keeps it
 * from reading the clock, keeping state between rows, or using the network. A transform that does so makes imports that cannot be
 * repeated. Throws `transform-invalid`.
 */
export async function loadTransform(dataset: string, code: string): Promise<Transform> {
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as typeof loaded;
  } catch (error) {
    throw invalid(`cannot be loaded: ${String(error)}`);
  }
  if (typeof loaded.default !== 'function') throw invalid('has no function as its default export');
  return loaded.default as Transform;

  function invalid(what: string): SluiceError {
    return new SluiceError(
      'transform-invalid',
      `The transform of dataset '${dataset}' ${what}. Export it as: export default (row, context) => row`,
      { data: { dataset } },
    );
  }
}
