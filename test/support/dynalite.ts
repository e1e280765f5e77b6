import type { AddressInfo } from 'node:net';
import createDynalite from 'dynalite';
import type { EngineKind } from './engine.ts';

/** The engine of the local stack, in memory and in this process. */
export const dynalite: EngineKind = {
  name: 'dynalite',
  missing: null,
  async open() {
    const server = createDynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    return {
      endpoint: `http://127.0.0.1:${port}`,
      close: () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
    };
  },
};
