import { type EngineKind, missingProgram, openProcess } from './engine.ts';

/** moto's server: S3, SQS, DynamoDB and more, in memory. */
export const moto: EngineKind = {
  name: 'moto_server',
  missing: missingProgram('moto_server'),
  open: () => openProcess('moto_server', (port) => ['-H', '127.0.0.1', '-p', String(port)]),
};
