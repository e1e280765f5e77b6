import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

/** `npm run fuzz -- --documents N --seed S [--first INDEX]`: reads N generated documents and fails at the first difference. */
const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
  },
});
const options = {
  documents: Number(values.documents),
  seed: Number(values.seed),
  first: Number(values.first),
};
const startedAt = performance.now();
const { documents, soups, records, fields, bytes, difference } = fuzz(options);
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `${documents} documents (${soups} of them soup), ${records} records, ${fields} fields, ${bytes} bytes in ${seconds.toFixed(0)} s, seed ${options.seed}`,
);
if (difference === null) {
  console.log('no difference');
} else {
  const { index, between, document, answers } = difference;
  console.log(`Document ${index} differs: ${between}.`);
  console.log(`  bytes: ${JSON.stringify(Buffer.from(document.bytes).toString('latin1'))} (as Latin-1)`);
  console.log(`  format: ${JSON.stringify(document.format)}, stops: ${JSON.stringify(document.stops)}`);
  for (const answer of answers) console.log(`  ${JSON.stringify(answer)}`);
  console.log(
    `See it again with: npm run fuzz -- --documents 1 --seed ${options.seed} --first ${String(index)}`,
  );
  process.exitCode = 1;
}
