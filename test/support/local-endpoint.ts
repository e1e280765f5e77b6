import { startEndpoint } from '../../local/endpoint/endpoint.ts';
import type { EngineKind } from './engine.ts';

/** The local stack's endpoint: S3, SQS and DynamoDB, in memory. */
export const localEndpoint: EngineKind = {
  name: 'the local stack',
  missing: null,
  async open() {
    const endpoint = await startEndpoint({ port: 0, dataDir: null });
    return { endpoint: endpoint.url, close: () => endpoint.close() };
  },
};
