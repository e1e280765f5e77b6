import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCountingServer } from './counting-server.ts';
import { generatePeople } from './people.ts';
import { runScript } from './run-script.ts';

/** What V8 writes with `--cpu-prof`, as far as it is read here. */
type CpuProfile = {
  readonly nodes: readonly { id: number; callFrame: CallFrame }[];
  /** Nodes' ids, and microseconds since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

/** `url` is empty for what is V8's own; lines count from 0. */
type CallFrame = { readonly functionName: string; readonly url: string; readonly lineNumber: number };

/** The first stage whose pattern is in a function's file, or in its name where it has no file, has its time. */
const STAGES: readonly (readonly [stage: string, pattern: RegExp])[] = [
  ['idle', /^\(idle\)$/],
  ['garbage collection', /garbage collector/],
  ['reading: records and fields', /core\/csv\/|core\/intake/],
  ['mapping: types, rules, keys, wire text', /core\/(mapping|convert)/],
  ['lanes and settling', /core\/(lanes|watermark|lane-pace|item)/],
  ['flow, pump, checkpoints', /core\/flow|engine\/|sim\//],
  ['assembling requests', /wire\/batch-body|^copy$|^set$|^utf8Write/],
  ['signing', /sigv4|fresh-signer|node:crypto|internal\/crypto|^hash$/],
  ['answers', /wire\/(batch-answer|unprocessed|throttle)/],
  ['sending: socket writes', /^writev$|^writeBuffer$|^write$|^writeLatin1String$|^writeUtf8String$/],
  [
    'sending: undici, node:net, our connection pool',
    /undici|node:net|node:_?tls|stream|wasm|wire\/|src\/aws|llhttp/,
  ],
  ['file and module reads', /^read$|^open|node:fs|internal\/fs/],
  ['starting: modules compiled and loaded', /compile|internal\/modules|typescript|amaro|zod|node_modules/],
];

const BUNDLE = 'engine-load.mjs';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '2000000' }, functions: { type: 'string', default: '12' } },
});
const folder = await mkdtemp(join(tmpdir(), 'sluice-profile-'));
const server = await startCountingServer();
try {
  const file = join(folder, 'people.csv');
  await generatePeople(file, { rows: Number(values.rows) });
  await runScript('engine-load.ts', [file, server.endpoint], ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  const name = (await readdir(folder)).find((each) => each.endsWith('.cpuprofile'))!;
  const profile = JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile;
  const fileOf = await sourceFiles();
  print(
    'stage',
    sumBy(profile, (frame) => stageOf(frame, fileOf(frame))),
    Infinity,
  );
  print(
    'function',
    sumBy(profile, (frame) => functionOf(frame, fileOf(frame))),
    Number(values.functions),
  );
} finally {
  server.close();
  await rm(folder, { recursive: true });
}

/** Which source a frame belongs to: the bundle says above each module where it comes from. */
async function sourceFiles(): Promise<(frame: CallFrame) => string> {
  const lines = (await readFile(join(import.meta.dirname, '../dist/bench', BUNDLE), 'utf8')).split('\n');
  let source = '';
  const sources = lines.map((line) => (source = /^ *\/\/ (\S+\.[cm]?[jt]s)$/.exec(line)?.[1] ?? source));
  return ({ url, lineNumber }) => (url.endsWith(BUNDLE) ? sources[lineNumber]! : url);
}

/** Milliseconds of self time by what the call frames are called. */
function sumBy(profile: CpuProfile, nameOf: (frame: CallFrame) => string): ReadonlyMap<string, number> {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const sums = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const name = names.get(id)!;
    sums.set(name, (sums.get(name) ?? 0) + profile.timeDeltas[index]! / 1000);
  }
  return sums;
}

function stageOf({ functionName }: CallFrame, file: string): string {
  return (
    STAGES.find(([, pattern]) => pattern.test(file === '' ? functionName : file))?.[0] ?? 'the rest of Node'
  );
}

function functionOf({ functionName }: CallFrame, file: string): string {
  return `${functionName || '(anonymous)'} ${file.split('/').slice(-2).join('/')}`.trim();
}

function print(title: string, sums: ReadonlyMap<string, number>, most: number): void {
  const busy = [...sums].filter(([name]) => name !== 'idle' && name !== '(idle)');
  const total = busy.reduce((sum, [, ms]) => sum + ms, 0);
  console.log(`| ${title} | ms | share |\n| --- | --: | --: |`);
  for (const [name, ms] of busy.sort(([, a], [, b]) => b - a).slice(0, most)) {
    console.log(`| ${name} | ${ms.toFixed(0)} | ${((100 * ms) / total).toFixed(1)}% |`);
  }
  console.log('');
}
