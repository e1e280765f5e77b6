import { sequencerOrder } from './import.ts';

/*
 * Datasets with `load.files: in_order`: their imports are loaded one after another. Each has a place, a text that is compared;
 * the dataset's turn names the import that is loaded now, and moves from place to place, never back.
 */

/** So long after its upload an import may not begin: the event of an earlier file may still come ("typically … in seconds but can sometimes take a minute", Amazon S3). */
export const GRACE_MS = 60_000;

const MS_DIGITS = 15;
/** Sorts after every sequencer, which is hexadecimal. */
const BEHIND = '~';
const BEHIND_DIGITS = 6;

/** Which import of a dataset is loaded now. */
export type Turn = {
  /** Changes with each write. */
  readonly serial: number;
  /** null: none. It may have ended. */
  readonly importId: string | null;
  /** Of the last import that had the turn; '' before the first. Imports with an earlier place are not loaded any more. */
  readonly place: string;
  /** Imports that had the turn before, and may still be writing. */
  readonly previous: readonly string[];
  /** When the sweep first saw that the import is stalled, or is one of a local file that no process loads. */
  readonly blockedSinceMs: number | null;
};

/** An import among those of its dataset. */
export type Place = { readonly place: string; readonly importId: string };

export const noTurn: Turn = { serial: 0, importId: null, place: '', previous: [], blockedSinceMs: null };

/** The place of an object: by the time of its upload, then by S3's sequencer. */
export function placeOf(uploadedAtMs: number, sequencer: string | null, importId: string): string {
  return `${String(uploadedAtMs).padStart(MS_DIGITS, '0')}#${sequencerOrder(sequencer ?? '0')}#${importId}`;
}

/** The next place behind one ('' for none), for an import that does not come by an event. No clock decides it. */
export function placeBehind(last: string, importId: string): string {
  const [time = '', after = ''] = last.split('#');
  const count = after.startsWith(BEHIND) ? Number(after.slice(1)) + 1 : 0;
  return `${time.padStart(MS_DIGITS, '0')}#${BEHIND}${String(count).padStart(BEHIND_DIGITS, '0')}#${importId}`;
}

/** When an import with this place may begin, unless an earlier one is loaded. */
export function mayBeginMs(place: string): number {
  const [time, after = ''] = place.split('#');
  return after.startsWith(BEHIND) ? 0 : Number(time) + GRACE_MS;
}

/** The turn of the next import. One that is only passed over (null) has ended, or has another place now. */
export function nextTurn(turn: Turn, { place, importId }: Place, isLoaded: boolean): Turn {
  const previous = turn.importId === null ? turn.previous : [turn.importId, ...turn.previous];
  return {
    serial: turn.serial + 1,
    importId: isLoaded ? importId : null,
    place,
    previous: previous.filter((id) => id !== importId),
    blockedSinceMs: null,
  };
}

/** Whether a turn is the one that was to be written: then the step is a repeated one. */
export function isSameTurn(a: Turn, b: Turn): boolean {
  return a.serial === b.serial && a.importId === b.importId && a.place === b.place;
}

/** Whether the import had the turn, or came too late to have it: imports behind it have begun. */
export function isBehindNewer(turn: Turn, { place, importId }: Place): boolean {
  return turn.importId !== importId && place <= turn.place;
}
