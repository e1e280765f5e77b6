import { isAbsolute, join, relative } from 'node:path';
import type { BuildFailure, Message } from 'esbuild';

/** The module of a dataset's `transform` with all that it imports, in one text; or what is wrong with it. */
export type BundledTransform =
  | {
      readonly code: string;
      /** The source files, packages of npm left out. */
      readonly inputs: readonly string[];
    }
  | { readonly problem: string };

/**
 * Bundles a module of TypeScript or JavaScript into one ES module whose default export is the function. It can import other
 * modules and packages, but nothing of Node: the function is pure. `path` is relative to the process's folder, or absolute.
 */
export async function bundleTransform(path: string): Promise<BundledTransform> {
  // The bundler is loaded for datasets that have a transform only.
  const { build } = await import('esbuild');
  const cwd = process.cwd();
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: cwd,
      entryPoints: [isAbsolute(path) ? path : join(cwd, path)],
      outfile: join(cwd, 'transform.mjs'),
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      target: 'node22',
      minify: true,
      legalComments: 'none',
      metafile: true,
      logLevel: 'silent',
    });
    const [output] = Object.values(metafile.outputs);
    if (output?.exports.includes('default') !== true) {
      return { problem: `${path} has no default export; write: export default (row) => row` };
    }
    const inputs = Object.keys(metafile.inputs).filter((input) => !input.includes('node_modules/'));
    return { code: outputFiles[0]!.text, inputs };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return { problem: error.errors.slice(0, MOST_ERRORS).map(described).join('; ') };
  }
}

const MOST_ERRORS = 5;

function described({ text, location }: Message): string {
  const plain = text.replace(
    /^Could not resolve "([^"]+)"$/,
    "'$1' cannot be found, or is not for a pure function",
  );
  return location === null
    ? plain
    : `${relative(process.cwd(), location.file) || location.file}:${location.line}:${location.column + 1}: ${plain}`;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
