import type { Operation } from '../../../core/ports.ts';
import { NEWER_VALUE } from './item-answer.ts';
import { type Member, membersAfterKey } from './item-text.ts';

export type ItemAction = 'PutItem' | 'UpdateItem' | 'DeleteItem';

/** A request for one item, or why DynamoDB would refuse it. */
export type ItemBody = { readonly action: ItemAction; readonly body: Buffer } | { readonly refusal: string };

/** "Expression parameters" (Amazon DynamoDB Developer Guide, "Quotas"): the length of an expression. */
const MAX_EXPRESSION_BYTES = 4096;
const TAIL = '"ReturnConsumedCapacity":"TOTAL","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}';

/** Writes the bodies of operations that BatchWriteItem does not know: `insert`, `merge`, and all with a `newerBy`. */
export function itemBodies(table: string, partitionKey: string): (operation: Operation) => ItemBody {
  const head = `{"TableName":${JSON.stringify(table)},`;
  const isAbsent = `"ConditionExpression":"attribute_not_exists(#key)","ExpressionAttributeNames":{"#key":${JSON.stringify(partitionKey)}},`;
  return bodyOf;

  function bodyOf(operation: Operation): ItemBody {
    const { kind, newerBy, bytes, start, keyEnd, end } = operation;
    if (kind === 'merge') return mergeBody(operation);
    const condition =
      newerBy === null ? isAbsent : conditionMembers(newerBy, membersAfterKey(bytes, keyEnd, end));
    if (kind === 'delete') {
      const key = textOf(bytes, start, keyEnd);
      return { action: 'DeleteItem', body: Buffer.from(`${head}"Key":${key}},${condition}${TAIL}`) };
    }
    const item = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    return {
      action: 'PutItem',
      body: Buffer.concat([Buffer.from(`${head}"Item":`), item, Buffer.from(`,${condition}${TAIL}`)]),
    };
  }

  /** Sets the attributes, removes and defaults those that the last member (without a name) says, and creates the item. */
  function mergeBody({ bytes, start, keyEnd, end, newerBy }: Operation): ItemBody {
    const members = membersAfterKey(bytes, keyEnd, end);
    const last = members.at(-1)?.name === '""' ? members.pop()! : undefined;
    const rules = last === undefined ? {} : (JSON.parse(last.value) as MergeRules);
    const absent = new Set((rules.absent ?? []).map((name) => JSON.stringify(name)));
    const names: string[] = [];
    const values: string[] = [];
    const sets = members.map(({ name, value }, index) => {
      const place = index.toString(36);
      names.push(`"#${place}":${name}`);
      values.push(`":${place}":${value}`);
      const isDefault = absent.size > 0 && absent.has(JSON.stringify(JSON.parse(name)));
      return isDefault ? `#${place}=if_not_exists(#${place},:${place})` : `#${place}=:${place}`;
    });
    const removes = (rules.remove ?? []).map((name, index) => {
      names.push(`"#r${index.toString(36)}":${JSON.stringify(name)}`);
      return `#r${index.toString(36)}`;
    });
    const expression = `${clause('SET', sets)}${clause('REMOVE', removes)}`.trimStart();
    if (expression.length > MAX_EXPRESSION_BYTES) {
      const reason = `the merge changes ${sets.length + removes.length} attributes; its expression has ${expression.length} bytes, and DynamoDB takes ${MAX_EXPRESSION_BYTES}`;
      return { refusal: reason };
    }
    const newer = newerBy === null ? undefined : conditionOf(newerBy, members);
    if (newer !== undefined) {
      names.push(newer.name);
      values.push(newer.value);
    }
    const key = textOf(bytes, start, keyEnd);
    const parts = [
      `${head}"Key":${key}},`,
      expression === '' ? '' : `"UpdateExpression":"${expression}",`,
      newer === undefined ? '' : `"ConditionExpression":"${newer.condition}",`,
      names.length === 0 ? '' : `"ExpressionAttributeNames":{${names.join(',')}},`,
      values.length === 0 ? '' : `"ExpressionAttributeValues":{${values.join(',')}},`,
      TAIL,
    ];
    return { action: 'UpdateItem', body: Buffer.from(parts.join('')) };
  }
}

type MergeRules = { readonly remove?: readonly string[]; readonly absent?: readonly string[] };

function clause(word: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : ` ${word} ${parts.join(',')}`;
}

function conditionMembers(newerBy: string, members: readonly Member[]): string {
  const { condition, name, value } = conditionOf(newerBy, members);
  return `"ConditionExpression":"${condition}","ExpressionAttributeNames":{${name}},"ExpressionAttributeValues":{${value}},`;
}

/** `<=`, so that a repeated request is harmless. A stored item without the attribute is older. */
function conditionOf(
  newerBy: string,
  members: readonly Member[],
): { condition: string; name: string; value: string } {
  const { value } = members.find(({ name }) => JSON.parse(name) === newerBy)!;
  return {
    condition: `attribute_not_exists(#newer) OR #newer <= ${NEWER_VALUE}`,
    name: `"#newer":${JSON.stringify(newerBy)}`,
    value: `"${NEWER_VALUE}":${value}`,
  };
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}
