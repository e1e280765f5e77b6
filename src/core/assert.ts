import { SluiceError } from './errors.ts';

/** Checks an invariant of the code, in production too: where it does not hold, going on could lose rows. Throws `internal`. */
export function assert(holds: boolean, text: string): asserts holds {
  if (!holds) {
    throw new SluiceError('internal', `${text} This is a bug in Sluice: please report it with this message.`);
  }
}
