import { simLedger } from '../../sim/ledger.ts';
import { describeLedger } from '../conformance/ledger-suite.ts';

describeLedger('memory', async () => ({ ledger: simLedger(), close: async () => undefined }));
