import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseDatasets } from '../../src/core/dataset/dataset.ts';
import { type Item, openStack } from '../support/stack.ts';

const folder = join(import.meta.dirname, '../../node_modules/vega-datasets/data');

/** The key that suits each file, and some columns that hold nothing but numbers. */
const files: Readonly<Record<string, { key: string; sort?: string; numbers?: readonly string[] }>> = {
  airports: { key: 'iata', numbers: ['latitude', 'longitude'] },
  birdstrikes: { key: 'Airport Name', sort: 'Flight Date', numbers: ['Cost Total $', 'Speed IAS in knots'] },
  'co2-concentration': { key: 'Date', numbers: ['CO2', 'adjusted CO2'] },
  disasters: { key: 'Entity', sort: 'Year', numbers: ['Year', 'Deaths'] },
  'flights-airport': { key: 'destination', sort: 'origin', numbers: ['count'] },
  'gapminder-health-income': { key: 'country', numbers: ['income', 'health', 'population'] },
  github: { key: 'time', numbers: ['count'] },
  'global-temp': { key: 'year', numbers: ['year', 'temp'] },
  'iowa-electricity': { key: 'source', sort: 'year', numbers: ['net_generation'] },
  'la-riots': { key: 'last_name', sort: 'first_name', numbers: ['age', 'longitude'] },
  lookup_groups: { key: 'group', sort: 'person', numbers: ['group'] },
  lookup_people: { key: 'name', numbers: ['age', 'height'] },
  population_engineers_hurricanes: { key: 'state', numbers: ['engineers', 'hurricanes'] },
  'seattle-weather': { key: 'date', numbers: ['precipitation', 'temp_min'] },
  'seattle-weather-hourly-normals': { key: 'date', numbers: ['pressure', 'temperature', 'wind'] },
  sp500: { key: 'date', numbers: ['price'] },
  'sp500-2000': { key: 'date', numbers: ['open', 'volume'] },
  species: { key: 'item_id', sort: 'county_id', numbers: ['county_id', 'habitat_yearround_pct'] },
  stocks: { key: 'symbol', sort: 'date', numbers: ['price'] },
  'us-employment': { key: 'month', numbers: ['nonfarm', 'nonfarm_change'] },
  weather: { key: 'location', sort: 'date', numbers: ['temp_max'] },
  windvectors: { key: 'longitude', sort: 'latitude', numbers: ['longitude', 'latitude', 'speed'] },
  zipcodes: { key: 'zip_code', numbers: ['latitude'] },
};

let stack: Awaited<ReturnType<typeof openStack>>;

beforeAll(async () => {
  const datasets = Object.entries(files).map(([file, { key, sort, numbers = [] }]) => [
    nameOf(file),
    {
      source: { prefix: `${file}/` },
      columns: Object.fromEntries(numbers.map((column) => [column, { type: 'number' }])),
      table: { partition_key: key, ...(sort === undefined ? {} : { sort_key: sort }) },
    },
  ]);
  stack = await openStack({ datasets: parseDatasets(Object.fromEntries(datasets)) });
});
afterAll(() => stack?.remove());

test('there are 23 files, and a key for each', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  expect(names.map((name) => basename(name, '.csv')).sort()).toEqual(Object.keys(files).sort());
  expect(names).toHaveLength(23);
});

test.each(Object.keys(files))('%s.csv is in the table as csv-parse reads it, row for row', async (file) => {
  const { key, sort, numbers = [] } = files[file]!;
  const bytes = readFileSync(join(folder, `${file}.csv`));
  const record = await stack.ended(await stack.put(`${file}/${file}.csv`, bytes));

  const rows = parse<Record<string, string>>(bytes, { columns: true, bom: true });
  // A later row of the same key replaces the earlier one.
  const expected = new Map(rows.map((row) => valuesOf(row)).map((values) => [keyOf(values), values]));
  const items = (await stack.items(nameOf(file))).map(plain);
  expect(items).toHaveLength(expected.size);
  for (const item of items) expect(item).toEqual(expected.get(keyOf(item)));

  const { status, counts } = record;
  expect(status).toBe('done');
  expect(counts).toMatchObject({ read: rows.length, rejected: 0, skipped: 0 });
  expect(counts.written + counts.superseded).toBe(rows.length);
  expect(counts.written).toBeGreaterThanOrEqual(expected.size);

  function valuesOf(row: Record<string, string>): Values {
    const cells = Object.entries(row).filter(([column, text]) => text !== '' || !numbers.includes(column));
    return Object.fromEntries(
      cells.map(([column, text]) => [column, numbers.includes(column) ? Number(text) : text]),
    );
  }

  function keyOf(values: Values): string {
    return JSON.stringify([values[key], sort === undefined ? null : values[sort]]);
  }
});

type Values = Readonly<Record<string, string | number | undefined>>;

/** Numbers by their value; the engine may write `1.50` as `1.5`. */
function plain(item: Item): Values {
  return Object.fromEntries(
    Object.entries(item).map(([name, { S, N }]) => [name, N === undefined ? S : Number(N)]),
  );
}

/** A dataset's name has no underscore. */
function nameOf(file: string): string {
  return file.replaceAll('_', '-');
}
