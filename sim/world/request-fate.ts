import type { Chance } from './chance.ts';
import { type Fate, LINGER_MS } from './life.ts';
import type { Service, ServiceFaults } from './plan.ts';

/** A client gives one attempt up after this time, and an SDK makes three; a batch of items gets one attempt of the loader's own. */
const ATTEMPT_MS: { readonly [service in Service]: number } = {
  table: 10_000,
  ledger: 15_000,
  results: 15_000,
  queue: 15_000,
  source: 30_000,
};
const ATTEMPTS = 3;

/** `isThrottled`: the service refuses the request, and the client fails at the time in the fate. */
export type RequestFate = { readonly fate: Fate; readonly isThrottled: boolean };

/** Draws the fate of a request to the service; `faults` null: no faults. */
export function requestFate(service: Service, faults: ServiceFaults | null, chance: Chance): RequestFate {
  const outMs = chance.between(1, 6);
  const backMs = chance.between(1, 6);
  const answered: Fate = { kind: 'answered', outMs, backMs };
  const kind = faults === null ? null : pick(faults, chance);
  return { fate: fateOf(), isThrottled: kind === 'throttled' };

  function fateOf(): Fate {
    const attemptMs = ATTEMPT_MS[service];
    const longestMs = attemptMs * ATTEMPTS;
    switch (kind) {
      case null:
        return answered;
      case 'throttled':
        return { kind: 'lost', giveUpMs: chance.between(50, 3000) };
      case 'slow':
        return chance.happens(0.5)
          ? { kind: 'answered', outMs: chance.magnitude(10, longestMs), backMs }
          : { kind: 'answered', outMs, backMs: chance.magnitude(10, longestMs) };
      case 'stuck':
        return { kind: 'answered', outMs: chance.between(3000, 15_000), backMs };
      case 'lost':
        return { kind: 'lost', giveUpMs: chance.pick([attemptMs, longestMs]) };
      case 'unanswered':
        return { kind: 'unanswered', outMs, giveUpMs: chance.pick([outMs, attemptMs, longestMs]) };
      case 'late':
        return {
          kind: 'late',
          giveUpMs: chance.pick([outMs, attemptMs, longestMs]),
          lateMs: chance.between(0, LINGER_MS),
        };
      case 'repeated':
        // The table's adapter does not repeat requests; the loader does.
        if (service === 'table') return { kind: 'unanswered', outMs, giveUpMs: outMs + backMs };
        return { kind: 'repeated', outMs, againMs: chance.pick([100, attemptMs, 2 * attemptMs]), backMs };
    }
  }
}

function pick(faults: ServiceFaults, chance: Chance): keyof ServiceFaults | null {
  let drawn = chance.next();
  for (const [kind, share] of Object.entries(faults) as [keyof ServiceFaults, number][]) {
    if (drawn < share) return kind;
    drawn -= share;
  }
  return null;
}
