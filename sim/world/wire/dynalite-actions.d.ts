/** The parts of dynalite 4.0.0 that `dynamodb-service.ts` calls beside those that `local/dynalite.d.ts` declares. */

declare module 'dynalite/actions/*' {
  const action: (
    /** A `DynaliteStore` of `dynamodb-store.ts`. */
    store: object,
    data: unknown,
    done: (error: unknown, answer: unknown) => void,
  ) => void;
  export default action;
}

declare module 'dynalite/validations/getItem.js' {
  export const types: unknown;
  export const custom: unknown;
}
declare module 'dynalite/validations/putItem.js' {
  export const types: unknown;
  export const custom: unknown;
}
declare module 'dynalite/validations/query.js' {
  export const types: unknown;
  export const custom: unknown;
}
declare module 'dynalite/validations/updateItem.js' {
  export const types: unknown;
  export const custom: unknown;
}
