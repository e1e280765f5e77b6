import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand } from '@aws-sdk/client-s3';
import { dynamoLedger } from '../../src/aws/ledger/dynamo-ledger.ts';
import { importId, type ImportRecord, type ObjectRef } from '../../src/core/imports/import.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts';

/** What `npm run build` has written: `npm test` runs that first. */
export const BUNDLE = join(import.meta.dirname, '../../dist/lambda');

export type Item = Record<string, AttributeValue>;

/** A running local stack, with what a test wants to do to it and see of it. */
export type TestStack = Stack & {
  readonly dataDir: string;
  /** Every line of the function's log since the start. */
  readonly lines: readonly string[];
  /** Puts an object into the source bucket by the SDK. */
  put(key: string, body: string | Uint8Array): Promise<ObjectRef>;
  /** Resolves when the function has logged the end of the object's import. */
  ended(object: ObjectRef): Promise<ImportRecord>;
  /** As `ended`, of the import with this id. */
  importEnded(id: string): Promise<ImportRecord>;
  /** Resolves with the first line, of those before and to come, in which the text stands. */
  logged(text: string): Promise<string>;
  /** All items of a dataset's table. */
  items(table: string): Promise<Item[]>;
  /** The texts of the objects of the results bucket under the prefix, by key. */
  results(prefix: string): Promise<ReadonlyMap<string, string>>;
};

/** Starts the stack with the built function on any free port. `remove` also takes its folder away, unless one was given. */
export async function openStack(
  options: Partial<StackOptions> & Pick<StackOptions, 'datasets'>,
): Promise<TestStack & { remove(): Promise<void> }> {
  if (!existsSync(join(BUNDLE, 'index.mjs')))
    throw new Error('The function is not built. Run: npm run build');
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'sluice-stack-')));
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  const stack = await startStack({
    port: 0,
    bundle: BUNDLE,
    name: 'test',
    ...options,
    dataDir,
    log: (line) => {
      lines.push(line);
      options.log?.(line);
      for (const look of waiting) look(line);
    },
  });
  const { s3, dynamo } = stack.clients;
  const { sourceBucket, resultsBucket, ledgerTable, tablePrefix } = stack.names;
  const ledger = dynamoLedger({ client: dynamo, table: ledgerTable });

  return {
    ...stack,
    dataDir,
    lines,
    put,
    ended: (object) => importEnded(importId(object)),
    importEnded,
    logged: (text) => loggedLine((line) => line.includes(text)),
    items,
    results,
    async remove() {
      await stack.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };

  async function put(key: string, body: string | Uint8Array): Promise<ObjectRef> {
    const { VersionId, ETag } = await s3.send(
      new PutObjectCommand({ Bucket: sourceBucket, Key: key, Body: body }),
    );
    return {
      bucket: sourceBucket,
      key,
      versionId: VersionId ?? null,
      etag: (ETag ?? '').replaceAll('"', ''),
      sizeBytes: Buffer.byteLength(body),
      sequencer: null,
    };
  }

  async function importEnded(id: string): Promise<ImportRecord> {
    await loggedLine((line) => line.includes(`"${id}"`) && /"import (done|failed)"/.test(line));
    const record = await ledger.readImport(id);
    if (record === null) throw new Error(`import ${id} has ended and is not in the ledger`);
    return record;
  }

  async function loggedLine(fits: (line: string) => boolean): Promise<string> {
    const before = lines.find(fits);
    if (before !== undefined) return before;
    return new Promise((resolve) => {
      const look = (line: string): void => {
        if (!fits(line)) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
    });
  }

  async function items(table: string): Promise<Item[]> {
    const all: Item[] = [];
    const pages = paginateScan({ client: dynamo }, { TableName: tablePrefix + table, ConsistentRead: true });
    for await (const { Items = [] } of pages) for (const item of Items) all.push(item);
    return all;
  }

  async function results(prefix: string): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    const pages = paginateListObjectsV2({ client: s3 }, { Bucket: resultsBucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) {
      for (const { Key = '' } of Contents) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: resultsBucket, Key }));
        texts.set(Key, (await Body?.transformToString()) ?? '');
      }
    }
    return texts;
  }
}
