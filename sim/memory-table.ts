import type { ItemText, Table, WriteOutcome } from '../src/core/ports.ts';

type Attributes = Record<string, Record<string, unknown>>;

/** What a batch meets at the table, decided before it is written; null: it is written. */
export type Fate = (items: readonly Attributes[], texts: readonly string[]) => WriteOutcome | null;

/** A table in memory that writes what its `fate` lets through, and watches the rules of the port. */
export type MemoryTable = Table & {
  /** Items by the JSON of their key attributes. */
  readonly items: ReadonlyMap<string, Attributes>;
  readonly requests: number;
};

export function memoryTable(keys: readonly string[], fate: Fate = () => null): MemoryTable {
  const items = new Map<string, Attributes>();
  let requests = 0;

  return {
    items,
    get requests() {
      return requests;
    },
    write,
    close: async () => undefined,
  };

  async function write(texts: readonly ItemText[]): Promise<WriteOutcome> {
    requests++;
    if (texts.length < 1 || texts.length > 25) throw new Error(`A batch of ${texts.length} items`);
    const json = texts.map(({ bytes, start, end }) =>
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end)),
    );
    const batch = json.map((text) => JSON.parse(text) as Attributes);
    const keyTexts = batch.map((attributes) => keyText(attributes));
    if (new Set(keyTexts).size < keyTexts.length)
      throw new Error(`A batch with one key twice: ${keyTexts.join(' ')}`);
    await Promise.resolve();
    const outcome = fate(batch, json);
    if (outcome?.kind === 'refused') return outcome;
    const held = new Set(outcome?.held);
    for (const [index, attributes] of batch.entries()) {
      if (!held.has(index)) items.set(keyTexts[index]!, attributes);
    }
    return outcome ?? { kind: 'answered', held: [], reason: null, units: batch.length };
  }

  function keyText(attributes: Attributes): string {
    return JSON.stringify(keys.map((key) => attributes[key]));
  }
}
