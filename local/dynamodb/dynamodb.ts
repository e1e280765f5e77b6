import { setTimeout as sleep } from 'node:timers/promises';
import db, { type Store } from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import { SluiceError } from '../../src/core/errors.ts';

/** DynamoDB's JSON protocol without the HTTP around it. */
export type DynamoDb = {
  /** Answers what DynamoDB would, errors included; never rejects. */
  call(operation: string, body: Buffer): Promise<{ status: number; body: string }>;
  /** To be called when no call is under way. */
  close(): Promise<void>;
};

type Action = (store: Store, data: unknown, done: (error: unknown, answer: unknown) => void) => void;
type Operation = { readonly act: Action; readonly types: unknown; readonly custom: unknown };

/** The operations of dynalite 4.0.0. It has no transactions, no PartiQL, no backups, and cannot enable a TTL. */
const operationNames = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
];

/**
 * DynamoDB by dynalite's engine, on disk in `folder` or in memory (null). Dynalite's own server is not used: it ends
 * the whole process when a client disconnects within a request, and closes its database only if it listens on a port.
 *
 * An operation that dynalite lacks (see `operationNames`) gets `UnknownOperationException`, as DynamoDB answers for an unknown
 * name. Dynalite never throttles and never returns `UnprocessedItems`.
 *
 * Throws `configuration-invalid` if another process has the folder open.
 */
export async function openDynamoDb(folder: string | null): Promise<DynamoDb> {
  const store = db.create({
    ...(folder === null ? {} : { path: folder }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  await openStore(store, folder);
  const operations = await loadOperations();

  return {
    async call(name, body) {
      if (!operations.has(name)) return unknownOperation;
      try {
        return answer(200, await carryOut(name, parse(body)));
      } catch (error) {
        return failure(error, await storedItem(error, body));
      }
    },
    async close() {
      // A timer makes a new table ACTIVE after CreateTable has answered. If the database closes earlier, the table never becomes ACTIVE.
      await sleep(2);
      await store.lifecycleManager.gracefulClose();
    },
  };

  function carryOut(name: string, asked: unknown): Promise<unknown> {
    const { act, types, custom } = operations.get(name)!;
    const data = validations.checkTypes(asked, types);
    validations.checkValidations(data, types, custom, store);
    return perform(act, store, data);
  }

  /** The stored item that a condition was false for, if it was asked for: dynalite does not return it. */
  async function storedItem(error: unknown, body: Buffer): Promise<object> {
    if (!isConditionFailed(error)) return {};
    const asked = parse(body) as ConditionalWrite;
    if (asked.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return {};
    const { TableName, Item = {} } = asked;
    const { Table } = (await carryOut('DescribeTable', { TableName })) as Described;
    const keyOfItem = Object.fromEntries(
      Table.KeySchema.map(({ AttributeName }) => [AttributeName, Item[AttributeName]]),
    );
    const Key = asked.Key ?? keyOfItem;
    return (await carryOut('GetItem', { TableName, Key, ConsistentRead: true })) as object;
  }
}

/** PutItem, UpdateItem or DeleteItem. */
type ConditionalWrite = {
  readonly TableName: string;
  readonly Key?: object;
  readonly Item?: Readonly<Record<string, unknown>>;
  readonly ReturnValuesOnConditionCheckFailure?: string;
};

type Described = { readonly Table: { readonly KeySchema: readonly { readonly AttributeName: string }[] } };

function isConditionFailed(error: unknown): boolean {
  const { body } = error as { body?: { __type?: string } };
  return body?.__type?.endsWith('#ConditionalCheckFailedException') === true;
}

async function openStore(store: Store, folder: string | null): Promise<void> {
  try {
    await store.db.open();
  } catch (cause) {
    throw new SluiceError(
      'configuration-invalid',
      `The tables in ${folder} cannot be opened: ${causeOf(cause)}. If another local stack runs on this folder, stop it or give this one a folder of its own.`,
      { data: { folder }, cause },
    );
  }
}

/** LevelDB's message is in the innermost cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : causeOf(error.cause);
}

async function loadOperations(): Promise<ReadonlyMap<string, Operation>> {
  const loaded = operationNames.map(async (name): Promise<[string, Operation]> => {
    const file = `${name[0]!.toLowerCase()}${name.slice(1)}.js`;
    const [action, rules] = (await Promise.all([
      import(`dynalite/actions/${file}`),
      import(`dynalite/validations/${file}`),
    ])) as [{ default: Action }, { default: { types: unknown; custom?: unknown } }];
    return [name, { act: action.default, types: rules.default.types, custom: rules.default.custom }];
  });
  return new Map(await Promise.all(loaded));
}

function perform(act: Action, store: Store, data: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    act(store, data, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}

/** A table named by its ARN: the local DynamoDB has one account, and knows a table by its name. */
const ARN = /("TableName":\s*|"RequestItems":\s*\{\s*)"arn:[^"/]*:table\/([^"/]+)"/g;

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString().replace(ARN, '$1"$2"'));
  } catch {
    throw Object.assign(new Error('The body is not JSON'), {
      statusCode: 400,
      body: { __type: 'com.amazon.coral.service#SerializationException' },
    });
  }
}

function failure(error: unknown, more: object): { status: number; body: string } {
  if (error instanceof Error && 'statusCode' in error && 'body' in error) {
    return answer(Number(error.statusCode), { ...(error.body as object), ...more });
  }
  return answer(500, {
    __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
    message: String(error),
  });
}

function answer(status: number, value: unknown): { status: number; body: string } {
  return { status, body: JSON.stringify(value ?? {}) };
}

const unknownOperation = answer(400, { __type: 'com.amazon.coral.service#UnknownOperationException' });
