import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoConnection } from '../aws/connection.ts';
import { dynamoLedger } from '../aws/ledger/dynamo-ledger.ts';
import { describeTable } from '../aws/dynamo/describe-table.ts';
import { dynamoTable } from '../aws/dynamo/dynamo-table.ts';
import { textSource } from '../node/text-source.ts';
import { s3Results } from '../aws/s3/s3-results.ts';
import { s3Source } from '../aws/s3/s3-source.ts';
import { sqsQueue } from '../aws/sqs/sqs-queue.ts';
import { wallClock } from '../node/wall-clock.ts';
import type { Dataset } from '../core/dataset/dataset.ts';
import { tableName } from '../core/dataset/table-name.ts';
import type { TableWriter } from '../core/ports.ts';
import { accept } from '../engine/accept.ts';
import { loadMessage } from '../engine/loading/load-message.ts';
import { stall } from '../engine/end/stall.ts';
import { sweep } from '../engine/sweep.ts';
import { watchFeeds } from '../engine/watch-feeds.ts';
import type { Config } from './config.ts';
import { readDatasetsDocument } from './datasets-document.ts';
import type { Pipeline } from './dispatch.ts';
import type { EmitFunctionEvent } from './function-event.ts';

/** A lease lasts 60 s: no request may outlive it, with what the SDK repeats of it. */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true };

/**
 * The engine over AWS, or over whatever `AWS_ENDPOINT_URL` names: clients, adapters and datasets that last for the life
 * of the process. Throws `configuration-invalid` or `dataset-invalid` where the datasets document cannot be had.
 */
export async function pipeline(config: Config, emit: EmitFunctionEvent): Promise<Pipeline> {
  const s3 = new S3Client({ requestHandler });
  const dynamo = new DynamoDBClient({ requestHandler });
  const datasets = await readDatasetsDocument(s3, config.datasets);
  // Region, endpoint and credentials are the same for every table; the ledger's stands for them.
  const connection = await dynamoConnection(dynamo, config.ledgerTable);
  const clock = wallClock();
  const ports = {
    source: textSource(s3Source({ client: s3 })),
    table: tables((dataset) =>
      dynamoTable({
        ...connection,
        table: tableName(dataset.table, config.tablePrefix),
        partitionKey: dataset.table.partition_key,
        sortKey: dataset.table.sort_key ?? null,
        clock,
      }),
    ),
    describeTable: (dataset: Dataset) => describeTable(dynamo, tableName(dataset.table, config.tablePrefix)),
    results: s3Results({ client: s3, bucket: config.resultsBucket }),
    ledger: dynamoLedger({
      client: dynamo,
      table: config.ledgerTable,
      retentionDays: config.ledgerRetentionDays,
    }),
    queue: sqsQueue({ client: new SQSClient({ requestHandler }), url: config.queueUrl }),
    clock,
  };
  return {
    accept: (object) => accept(ports, datasets, object, emit),
    load: (message, options) =>
      loadMessage(ports, datasets, message, { ...options, patienceMs: config.patienceMs, emit }),
    noteFailure: ({ importId }, failure) => ports.ledger.noteFailure(importId, failure),
    hide: (receipt, forMs) => ports.queue.hide(receipt, forMs),
    stall: (message) => stall(ports, message, emit),
    sweep: async (deadlineMs) => {
      try {
        await sweep(ports, deadlineMs, emit);
      } finally {
        await watchFeeds(ports, datasets, emit);
      }
    },
    queueArns: config.queueArns,
    monotonic: () => clock.monotonic(),
    emit,
  };
}

/** One adapter a table, so that its connections are kept from one invocation to the next. An import's dataset may be an earlier one. */
function tables(open: (dataset: Dataset) => TableWriter): (dataset: Dataset) => TableWriter {
  const opened = new Map<string, TableWriter>();
  return (dataset) => {
    const name = JSON.stringify([tableName(dataset.table, ''), dataset.key]);
    const table = opened.get(name) ?? open(dataset);
    opened.set(name, table);
    return table;
  };
}
