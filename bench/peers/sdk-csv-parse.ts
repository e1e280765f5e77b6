import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { parse } from 'csv-parse';
import { measureUsage } from '../usage.ts';

/**
 * `node bench/peers/sdk-csv-parse.ts FILE ENDPOINT`: loads a people file with the obvious program of the SDK for JavaScript
 * v3 and csv-parse: objects by column name, converted by hand, 25 items per request, 32 concurrent requests, unprocessed items
 * again after a pause. Prints its usage as one line of JSON.
 */
const [file, endpoint] = process.argv.slice(2);
if (file === undefined || endpoint === undefined) throw new Error('Usage: sdk-csv-parse.ts FILE ENDPOINT');

type Person = Record<'id' | 'name' | 'email' | 'age' | 'height_m' | 'active' | 'joined' | 'notes', string>;
type Requests = NonNullable<BatchWriteCommandInput['RequestItems']>;

const BATCH_ITEMS = 25;
const REQUESTS = 32;

const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  }),
);

let rows = 0;
const usage = await measureUsage(async () => {
  const underWay = new Set<Promise<void>>();
  let batch: Person[] = [];
  const records = createReadStream(file).pipe(parse({ columns: true })) as AsyncIterable<Person>;
  for await (const record of records) {
    batch.push(record);
    if (batch.length < BATCH_ITEMS) continue;
    await begin(batch);
    batch = [];
  }
  if (batch.length > 0) await begin(batch);
  await Promise.all(underWay);

  async function begin(people: readonly Person[]): Promise<void> {
    while (underWay.size >= REQUESTS) await Promise.race(underWay);
    rows += people.length;
    const request = write(people).finally(() => underWay.delete(request));
    underWay.add(request);
  }
});
client.destroy();
console.log(JSON.stringify({ rows, ...usage }));

async function write(people: readonly Person[]): Promise<void> {
  let items: Requests = {
    bench: people.map((person) => ({
      PutRequest: {
        Item: {
          ...person,
          age: Number(person.age),
          height_m: Number(person.height_m),
          active: person.active === 'true',
        },
      },
    })),
  };
  for (let pauseMs = 50; Object.keys(items).length > 0; pauseMs = Math.min(5000, pauseMs * 2)) {
    const answer = await client.send(
      new BatchWriteCommand({ RequestItems: items, ReturnConsumedCapacity: 'TOTAL' }),
    );
    items = answer.UnprocessedItems ?? {};
    if (Object.keys(items).length > 0) await sleep(Math.random() * pauseMs);
  }
}
