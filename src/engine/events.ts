/** Something that the engine did and an operator may want to know. `type` is a sentence's worth: 'import queued'. */
export type EngineEvent = {
  readonly type: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly importId?: string;
  readonly [field: string]: unknown;
};

/** Takes an event on its way: to the log, to the progress bar. Must not throw. */
export type Emit = (event: EngineEvent) => void;
