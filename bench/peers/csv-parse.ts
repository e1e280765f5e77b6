import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { measureUsage } from '../usage.ts';

/** `node bench/peers/csv-parse.ts FILE`: makes an object of each row with csv-parse, and nothing else. Prints its usage as one line of JSON. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: csv-parse.ts FILE');

let rows = 0;
const usage = await measureUsage(async () => {
  for await (const _ of createReadStream(file).pipe(parse({ columns: true }))) rows++;
});
console.log(JSON.stringify({ rows, ...usage }));
