import { basename, join } from 'node:path';
import { build as bundle, type Metafile } from 'esbuild';
import { stampRevision } from './stamp-revision.ts';
import { withSubstitutes } from './substitutes.ts';
import { writeFolder } from './write-folder.ts';

/** Not in the bundle: DynamoDB's emulator, which loads LevelDB's native code from its own folder, and the bundler of transforms. */
const EXTERNAL = ['dynalite', 'esbuild'];

/**
 * Bundles the command line of the tree at `root` into `OUT/cli/main.js`, each command's code into files that it imports when it
 * is called; beside them the process that runs the function locally. Returns which input is in which file.
 */
export async function buildCli(root: string, outDir: string): Promise<Metafile> {
  const { outputFiles, metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts', 'local/function/function-runtime.ts'],
    entryNames: '[name]',
    // Where the files would go: the source maps' paths start here, and must not depend on outDir.
    outdir: 'dist/cli',
    write: false,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: EXTERNAL,
    minify: true,
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    // What is CommonJS in the bundle asks for Node's own modules by require.
    banner: {
      js: "import{createRequire as sluiceRequire}from'node:module';const require=sluiceRequire(import.meta.url);",
    },
    plugins: [withSubstitutes(root, ['undici'])],
    logLevel: 'warning',
  });
  await writeFolder(
    join(outDir, 'cli'),
    new Map(
      stampRevision(outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }))).map(
        ({ name, contents }) => [name, contents],
      ),
    ),
  );
  return metafile;
}
