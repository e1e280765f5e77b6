import { memoryLedger } from '../../src/engine/memory-ledger.ts';
import { describeLedgerRaces } from '../conformance/ledger-races-suite.ts';
import { describeLedger } from '../conformance/ledger-suite.ts';

describeLedger('memory', openInMemory);
describeLedgerRaces('memory', openInMemory);

async function openInMemory(): ReturnType<Parameters<typeof describeLedger>[1]> {
  return { ledger: memoryLedger(), close: async () => undefined };
}
