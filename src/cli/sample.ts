import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { dynamoLedger } from '../aws/ledger/dynamo-ledger.ts';
import { wallClock } from '../node/wall-clock.ts';
import { hasEnded, importId, type ImportRecord, type ObjectRef } from '../core/imports/import.ts';
import type { Stack } from '../../local/stack.ts';
import { countsLine, endingLine } from './imports/import-summary.ts';
import type { Run } from './imports/load-meter.ts';
import { print, terminalWidth } from './terminal.ts';

/** Uploads the sample to the source bucket, unless it exists, waits until it is loaded, and prints the result. */
export async function loadSample(stack: Stack, path: string): Promise<void> {
  const key = `people/${basename(path)}`;
  const present = await findObject(
    stack,
    key,
    createHash('md5')
      .update(await readFile(path))
      .digest('hex'),
  );
  print(
    present === null
      ? `Loading samples/${basename(path)} …`
      : `samples/${basename(path)} was loaded by an earlier start.`,
  );
  const object = present ?? (await putObject(stack, key, path));
  const record = await importEnded(stack, object);
  // The function's log line has the counts of an import that has just ended.
  const lines = [`  ${present === null ? endingLine(record, wholeRun(record)) : countsLine(record)}`];
  if (record.counts.rejected > 0) lines.push(...(await rejectLines(stack, record)));
  // Nothing is awaited between the lines: the function's log is printed to the same terminal.
  for (const line of [...lines, '']) print(line);
}

function wholeRun({ counts, startedAtMs, endedAtMs, queuedAtMs }: ImportRecord): Run {
  return { rows: counts.read, ms: (endedAtMs ?? queuedAtMs) - (startedAtMs ?? queuedAtMs) };
}

async function putObject({ clients, names }: Stack, key: string, path: string): Promise<ObjectRef> {
  const body = await readFile(path);
  const answer = await clients.s3.send(
    new PutObjectCommand({ Bucket: names.sourceBucket, Key: key, Body: body, ContentType: 'text/csv' }),
  );
  return {
    bucket: names.sourceBucket,
    key,
    versionId: answer.VersionId ?? null,
    etag: (answer.ETag ?? '').replaceAll('"', ''),
    sizeBytes: body.length,
    sequencer: null,
  };
}

/** The object under the key, if it has these contents. */
async function findObject({ clients, names }: Stack, key: string, etag: string): Promise<ObjectRef | null> {
  const head = await clients.s3
    .send(new HeadObjectCommand({ Bucket: names.sourceBucket, Key: key }))
    .catch(() => null);
  if (head === null || head.ETag !== `"${etag}"`) return null;
  const { VersionId = null, ContentLength = 0 } = head;
  return {
    bucket: names.sourceBucket,
    key,
    versionId: VersionId,
    etag,
    sizeBytes: ContentLength,
    sequencer: null,
  };
}

async function importEnded({ clients, names }: Stack, object: ObjectRef): Promise<ImportRecord> {
  const ledger = dynamoLedger({ client: clients.dynamo, table: names.ledgerTable });
  const clock = wallClock();
  for (;;) {
    const record = await ledger.readImport(importId(object));
    if (record !== null && hasEnded(record.status)) return record;
    await clock.sleep(100);
  }
}

async function rejectLines({ clients, names }: Stack, record: ImportRecord): Promise<readonly string[]> {
  const { Contents = [] } = await clients.s3.send(
    new ListObjectsV2Command({
      Bucket: names.resultsBucket,
      Prefix: `rejects/${record.dataset}/${record.id}/`,
    }),
  );
  const room = (terminalWidth() ?? 110) - '      '.length;
  const text = ['  rejected rows, with reasons:'];
  for (const { Key } of Contents) {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: names.resultsBucket, Key }));
    text.push(`    s3://${names.resultsBucket}/${Key}`);
    const lines = ((await Body?.transformToString()) ?? '').split('\n').slice(0, 8);
    for (const line of lines.filter((each) => each !== ''))
      text.push(`      ${line.length > room ? `${line.slice(0, room - 1)}…` : line}`);
  }
  return text;
}
