import getItem from 'dynalite/actions/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import updateItem from 'dynalite/actions/updateItem.js';
import * as getItemRules from 'dynalite/validations/getItem.js';
import validations from 'dynalite/validations/index.js';
import * as putItemRules from 'dynalite/validations/putItem.js';
import * as queryRules from 'dynalite/validations/query.js';
import * as updateItemRules from 'dynalite/validations/updateItem.js';
import { dynamoDbStore, type TableDescription, type WireItem } from './dynamodb-store.ts';

export type DynamoDbAnswer = { readonly status: number; readonly body: object };

/** A simulated DynamoDB with one table. */
export type DynamoDbService = {
  /** Carries out a request in one step, and returns DynamoDB's answer to it. `target`: the header `x-amz-target`. */
  call(target: string, body: string): DynamoDbAnswer;
  readonly items: ReadonlyMap<string, WireItem>;
};

const OPERATIONS = {
  GetItem: { act: getItem, rules: getItemRules },
  PutItem: { act: putItem, rules: putItemRules },
  UpdateItem: { act: updateItem, rules: updateItemRules },
  Query: { act: query, rules: queryRules },
} as const;

/**
 * Dynalite's actions and validations over a store that answers at once. They evaluate key conditions, conditions and updates. Added
 * here is what dynalite lacks: the item of a failed condition (`ReturnValuesOnConditionCheckFailure`), indexes that lag, and
 * pages that end before the limit: DynamoDB ends a page at 1 MB, here after `pageItems` items.
 */
export function dynamoDbService(options: {
  readonly table: TableDescription;
  readonly nowMs: () => number;
  readonly lagMs: () => number;
  readonly pageItems: number;
  readonly onWrite: (before: WireItem | null, after: WireItem) => void;
}): DynamoDbService {
  const store = dynamoDbStore(options);
  return { call, items: store.items };

  function call(target: string, body: string): DynamoDbAnswer {
    const name = target.replace('DynamoDB_20120810.', '') as keyof typeof OPERATIONS;
    if (!(name in OPERATIONS)) throw new Error(`Not a call of the ledger: ${target}`);
    const asked = JSON.parse(body) as Asked;
    const limit = Math.min(asked.Limit ?? Infinity, options.pageItems);
    try {
      const answer = perform(name, name === 'Query' ? { ...asked, Limit: limit } : asked);
      return { status: 200, body: answer };
    } catch (error) {
      const { statusCode, body: refusal } = error as { statusCode?: number; body?: Refusal };
      if (statusCode === undefined || refusal === undefined) throw error;
      return { status: statusCode, body: { ...refusal, ...failedItem(asked, refusal) } };
    }
  }

  function failedItem(asked: Asked, refusal: Refusal): { Item?: WireItem } {
    if (asked.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return {};
    if (!refusal.__type.endsWith('#ConditionalCheckFailedException')) return {};
    return perform('GetItem', { TableName: asked.TableName, Key: asked.Key });
  }

  function perform(name: keyof typeof OPERATIONS, asked: object): { Item?: WireItem } {
    const { act, rules } = OPERATIONS[name];
    const data = validations.checkTypes(asked, rules.types);
    validations.checkValidations(data, rules.types, rules.custom, store as never);
    const outcomes: { error: unknown; answer: object }[] = [];
    act(store, data, (error, answer) => outcomes.push({ error, answer: answer as object }));
    store.flush();
    const [outcome] = outcomes;
    if (outcome === undefined) throw new Error(`${name} did not answer at once`);
    if (outcome.error) throw outcome.error as Error;
    return outcome.answer;
  }
}

type Asked = {
  readonly TableName: string;
  readonly Key?: unknown;
  readonly Limit?: number;
  readonly ReturnValuesOnConditionCheckFailure?: string;
};

type Refusal = { readonly __type: string };
