import { dynamoDbService } from '../../sim/world/wire/dynamodb-service.ts';
import { LEDGER_TABLE, ledgerOverWire } from '../../sim/world/wire/ledger-wire.ts';
import { describeLedgerAgainstModel } from '../conformance/ledger-model-suite.ts';
import { describeLedgerRaces } from '../conformance/ledger-races-suite.ts';
import { describeLedger } from '../conformance/ledger-suite.ts';

const name = "the simulated DynamoDB, by the table's adapter";

describeLedger(name, openOverWire);
describeLedgerRaces(name, openOverWire);
describeLedgerAgainstModel(name, openOverWire, 100);

async function openOverWire(): ReturnType<Parameters<typeof describeLedger>[1]> {
  const service = dynamoDbService({
    table: LEDGER_TABLE,
    nowMs: () => 0,
    lagMs: () => 0,
    pageItems: 3,
    onWrite: () => undefined,
  });
  return {
    ledger: ledgerOverWire(async (target, body) => service.call(target, body)),
    close: async () => undefined,
  };
}
