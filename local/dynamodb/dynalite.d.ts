/** The parts of dynalite 4.0.0 that are mounted in `dynamodb.ts`; the package has no types of its own. */

declare module 'dynalite/db/index.js' {
  export type Store = {
    readonly db: { open(): Promise<void> };
    readonly lifecycleManager: { gracefulClose(): Promise<void> };
  };
  const db: {
    create(options: {
      /** A folder; without it everything is in memory. */
      path?: string;
      createTableMs: number;
      deleteTableMs: number;
      updateTableMs: number;
    }): Store;
  };
  export default db;
}

declare module 'dynalite/validations/index.js' {
  import type { Store } from 'dynalite/db/index.js';
  const validations: {
    /** Both throw an error with `statusCode` and `body` where the input breaks a rule of DynamoDB. */
    checkTypes(data: unknown, types: unknown): unknown;
    checkValidations(data: unknown, types: unknown, custom: unknown, store: Store): void;
  };
  export default validations;
}
