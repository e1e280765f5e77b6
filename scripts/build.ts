import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build as bundle } from 'esbuild';
import { zipSync } from 'fflate';
import { buildCli } from './build-cli.ts';
import { resolveOrExplain } from './resolve-datasets.ts';
import { stampRevision } from './stamp-revision.ts';
import { withSubstitutes } from './substitutes.ts';
import { writeChanged, writeFolder } from './write-folder.ts';

/** Small, so that it loads fast. Lambda's limits are 50 MB (direct upload) and 250 MB (unzipped, through S3). */
const maximumZipBytes = 1_000_000;

/** -rw-r--r--: Lambda's own user must be able to read what is unpacked. */
const readableByAll = { os: 3, attrs: 0o100644 << 16 } as const;

export type Build = {
  readonly zipPath: string;
  readonly zipBytes: number;
  /** The folder of the zip's unpacked files. */
  readonly bundleDir: string;
  /** Every file that went in, relative to the root. */
  readonly inputs: readonly string[];
};

/**
 * Bundles `src/lambda/handler.ts` of the tree at `root` with all it needs into `OUT/lambda/index.mjs` and the files that it
 * imports, and writes them and their source maps to `OUT/lambda.zip`. The same tree gives the same bytes in every folder. Throws if the
 * zip would be larger than 1 MB.
 *
 * The map is in the zip, though it is half of it, so that stack traces in the logs name the sources: the deployment
 * sets `NODE_OPTIONS=--enable-source-maps`. Reading it takes about 10 ms of a cold start.
 */
export async function build(root: string, outDir: string): Promise<Build> {
  const result = await bundle({
    absWorkingDir: root,
    entryPoints: [{ in: 'src/lambda/handler.ts', out: 'index' }],
    // Not where the files go, but where they would: the source map's paths start here, and must not depend on outDir.
    outdir: 'dist/lambda',
    outExtension: { '.js': '.mjs' },
    // What only some datasets need is in files of its own, which are loaded when it is imported.
    splitting: true,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    // The SDK's ES modules can be shaken down to the calls in use; its CommonJS builds cannot.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    // The map names places in the sources but does not repeat them: that is two thirds of its size.
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    // What is CommonJS in the bundle asks for Node's own modules by require.
    banner: {
      js: "import{createRequire as sluiceRequire}from'node:module';const require=sluiceRequire(import.meta.url);",
    },
    plugins: [withSubstitutes(root, ['undici', '@aws-sdk/credential-provider-node'])],
    logLevel: 'warning',
  });

  const files = stampRevision(
    result.outputFiles.map(({ path, contents }) => ({
      name: relative(join(root, 'dist/lambda'), path),
      contents,
    })),
  );
  // The first moment that a zip can name. fflate writes local time, so this is the same bytes in every time zone.
  const mtime = new Date(1980, 0, 1);
  const zip = zipSync(
    Object.fromEntries(
      files
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, contents }) => [name, [contents, { ...readableByAll, mtime, level: 9 }]]),
    ),
  );
  if (zip.length > maximumZipBytes) {
    throw new Error(
      `The function's zip has ${zip.length} bytes; the maximum is ${maximumZipBytes}. Look for a new import of a large package.`,
    );
  }

  const bundleDir = join(outDir, 'lambda');
  const zipPath = join(outDir, 'lambda.zip');
  await writeFolder(bundleDir, new Map(files.map(({ name, contents }) => [name, contents])));
  await writeChanged(zipPath, zip);
  return { zipPath, zipBytes: zip.length, bundleDir, inputs: Object.keys(result.metafile.inputs) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const root = dirname(import.meta.dirname);
  const outDir = join(root, 'dist');
  const isQuiet = process.argv.includes('--quiet');
  // Quiet for a command that runs afterwards, which resolves its datasets itself.
  if (!isQuiet) await resolveOrExplain(join(root, 'datasets'), join(outDir, 'datasets.json'));
  const [{ zipPath, zipBytes }] = await Promise.all([build(root, outDir), buildCli(root, outDir)]);
  // On standard error, for standard output may be that of a command that runs afterwards.
  const line = `Built ${relative(root, zipPath)} (${kilobytes(zipBytes)} of at most ${kilobytes(maximumZipBytes)}) and dist/cli.`;
  if (!isQuiet) console.error(line);
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000)} KB`;
}
