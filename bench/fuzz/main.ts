import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { fuzzTables } from './fuzz-tables.ts';

/**
 * `npm run fuzz -- --documents N --tables N --seed S [--first INDEX]`: reads N generated documents record by record, and N files with all
 * that may stand around their rows, and fails at the first difference.
 */
const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '1000000' },
    tables: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
  },
});
const [seed, first] = [Number(values.seed), Number(values.first)];
const [documents, tables] = [Number(values.documents), Number(values.tables)];
if (documents > 0) {
  const { difference, ...sums } = fuzz({ documents, seed, first });
  console.log(sumsText(sums));
  report('documents', difference === null ? null : { ...difference, file: difference.document });
}
if (tables > 0) {
  const { difference, ...sums } = await fuzzTables({ tables, seed, first });
  console.log(sumsText(sums));
  report('tables', difference === null ? null : { ...difference, file: difference.table });
}

function sumsText(sums: Readonly<Record<string, number>>): string {
  const parts = Object.entries(sums).map(([name, value]) => `${name}: ${value}`);
  return `${parts.join(', ')}; seed ${seed}`;
}

function report(
  kind: 'documents' | 'tables',
  difference: {
    readonly index: number;
    readonly between: string;
    readonly file: { readonly bytes: Uint8Array; readonly format: object };
    readonly answers: readonly [unknown, unknown];
  } | null,
): void {
  if (difference === null) return console.log('no difference');
  const { index, between, file, answers } = difference;
  const { bytes, format, ...others } = file;
  console.log(`Number ${index} differs: ${between}.`);
  console.log(`  bytes: ${JSON.stringify(Buffer.from(bytes).toString('latin1'))} (as Latin-1)`);
  console.log(`  format: ${JSON.stringify(format)}`);
  console.log(`  ${JSON.stringify(others)}`);
  for (const answer of answers) console.log(`  ${JSON.stringify(answer)}`);
  const other = kind === 'documents' ? 'tables' : 'documents';
  console.log(`See it again with: npm run fuzz -- --${kind} 1 --${other} 0 --seed ${seed} --first ${index}`);
  process.exitCode = 1;
}
