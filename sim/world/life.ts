import type { Clock } from '../../src/core/ports.ts';
import type { Chance } from './chance.ts';

/** A request of a process that is gone, or whose connection is, may still be carried out within this time. */
export const LINGER_MS = 5000;

/** What becomes of one request. `giveUpMs`: when the client stops waiting. */
export type Fate =
  | { readonly kind: 'answered'; readonly outMs: number; readonly backMs: number }
  /** It never arrives. */
  | { readonly kind: 'lost'; readonly giveUpMs: number }
  /** It is carried out, and the answer gets lost. */
  | { readonly kind: 'unanswered'; readonly outMs: number; readonly giveUpMs: number }
  /** It is carried out so long after the client has given it up. */
  | { readonly kind: 'late'; readonly giveUpMs: number; readonly lateMs: number }
  /** The first answer gets lost, and the client's SDK sends the same again. */
  | {
      readonly kind: 'repeated';
      readonly outMs: number;
      readonly againMs: number;
      readonly backMs: number;
    };

/**
 * When and how an invocation dies of itself: with its so-manieth request of those whose names begin so, before or behind the
 * request's effect; or at a time.
 */
export type Death =
  | { readonly kind: 'request'; readonly name: string; readonly number: number; readonly isBefore: boolean }
  | { readonly kind: 'time'; readonly afterMs: number };

/** Somebody, or NTP, sets the host's clock so long after the process began, by so much: back where it is negative. */
export type ClockStep = { readonly afterMs: number; readonly byMs: number };

/**
 * With its so-manieth request the process stands still for a time; `isSuspended`: with its machine, whose monotonic clock and
 * timers stand still too.
 */
export type Freeze = { readonly number: number; readonly forMs: number; readonly isSuspended: boolean };

/** A process that may be killed or frozen at any await: what it asks of the world goes through here. */
export type Life = {
  readonly clock: Clock;
  /** Sends a request. `effect` is what it does to the world; `failed` throws, or answers, in the client's place. */
  request<T>(name: string, fate: Fate, effect: () => T | Promise<T>, failed: () => T): Promise<T>;
  kill(reason: string): void;
  /** The invocation has returned: nothing of it may go on. */
  finish(): void;
  readonly isDead: boolean;
  /** Resolves when it is killed. */
  readonly death: Promise<void>;
};

export function life(options: {
  clock: Clock;
  chance: Chance;
  skewMs: number;
  /** Since its machine began to count. */
  bootMs: number;
  steps: readonly ClockStep[];
  dies: Death | null;
  freezes: Freeze | null;
  say: (text: string) => void;
  /** A request by a process that has returned. */
  onAfterlife: (name: string) => void;
}): Life {
  const { clock, chance, skewMs, bootMs, steps, dies, freezes, say } = options;
  const startMs = clock.now();
  let diedMs: number | null = null;
  let isFinished = false;
  let frozenMs = Infinity;
  let frozenUntilMs = 0;
  let requests = 0;
  /** Of those with the name that it dies at. */
  let namedRequests = 0;
  let tellDeath = (): void => undefined;
  const death = new Promise<void>((resolve) => {
    tellDeath = resolve;
  });
  if (dies?.kind === 'time') void clock.sleep(dies.afterMs).then(() => kill('killed'));

  return {
    clock: { now, monotonic, random: () => chance.next(), sleep },
    request,
    kill,
    finish: () => {
      isFinished = true;
    },
    get isDead() {
      return diedMs !== null;
    },
    death,
  };

  function kill(reason: string): void {
    if (diedMs !== null || isFinished) return;
    diedMs = clock.now();
    say(reason);
    tellDeath();
  }

  function now(): number {
    const aliveMs = clock.now() - startMs;
    const steppedMs = steps.reduce((sum, { afterMs, byMs }) => sum + (afterMs <= aliveMs ? byMs : 0), 0);
    return clock.now() + skewMs + steppedMs;
  }

  function monotonic(): number {
    return bootMs + clock.now() - startMs - suspendedMs();
  }

  function suspendedMs(): number {
    return freezes?.isSuspended === true ? Math.max(0, Math.min(clock.now(), frozenUntilMs) - frozenMs) : 0;
  }

  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const before = suspendedMs();
    await clock.sleep(ms, signal);
    await goOn();
    const missedMs = suspendedMs() - before;
    if (missedMs > 0 && signal?.aborted !== true) await clock.sleep(missedMs, signal);
    await goOn();
  }

  /** From here on the process's own code runs: not if it is dead, and not as long as it is frozen. */
  async function goOn(): Promise<void> {
    while (diedMs === null && clock.now() < frozenUntilMs) await clock.sleep(frozenUntilMs - clock.now());
    if (diedMs !== null) await never();
  }

  async function request<T>(
    name: string,
    fate: Fate,
    effect: () => T | Promise<T>,
    failed: () => T,
  ): Promise<T> {
    if (diedMs !== null) return never();
    if (isFinished) {
      options.onAfterlife(name);
      return never();
    }
    requests++;
    if (freezes?.number === requests) {
      frozenMs = clock.now();
      frozenUntilMs = frozenMs + freezes.forMs;
      say(`${freezes.isSuspended ? 'suspended' : 'frozen'} for ${Math.round(freezes.forMs / 1000)} s`);
    }
    if (dies?.kind === 'request' && name.startsWith(dies.name)) namedRequests++;
    const isLast = dies?.kind === 'request' && name.startsWith(dies.name) && dies.number === namedRequests;
    if (isLast && dies.isBefore) {
      kill(`killed before ${name}`);
      return never();
    }
    switch (fate.kind) {
      case 'answered': {
        const outcome = await carryOut(fate.outMs, effect);
        if (isLast) kill(`killed behind ${name}`);
        return await answer(fate.backMs, outcome);
      }
      case 'repeated': {
        await carryOut(fate.outMs, effect);
        if (isLast) kill(`killed behind ${name}`);
        say(`${name}: the answer got lost, sent again`);
        const outcome = await carryOut(fate.againMs, effect);
        return await answer(fate.backMs, outcome);
      }
      case 'unanswered': {
        await carryOut(fate.outMs, effect);
        say(`${name}: no answer to what was done`);
        return await giveUp(fate.giveUpMs - fate.outMs);
      }
      case 'lost':
        say(`${name}: never arrives`);
        return await giveUp(fate.giveUpMs);
      case 'late': {
        void carryOut(fate.giveUpMs + fate.lateMs, effect);
        say(`${name}: lands ${Math.round(fate.lateMs)} ms after it was given up`);
        return await giveUp(fate.giveUpMs);
      }
    }

    async function giveUp(afterMs: number): Promise<T> {
      await clock.sleep(afterMs);
      await goOn();
      return failed();
    }
  }

  /** The request's way there, and what it does. Of a process that died in the meantime it may be under way. */
  async function carryOut<T>(outMs: number, effect: () => T | Promise<T>): Promise<Outcome<T>> {
    await clock.sleep(outMs);
    if (diedMs !== null) {
      const lingeredMs = clock.now() - diedMs;
      if (lingeredMs > LINGER_MS || chance.happens(0.5)) return never();
      await clock.sleep(chance.between(0, LINGER_MS - lingeredMs));
    }
    try {
      return { value: await effect() };
    } catch (error) {
      return { error };
    }
  }

  async function answer<T>(backMs: number, outcome: Outcome<T>): Promise<T> {
    await clock.sleep(backMs);
    await goOn();
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

function never(): Promise<never> {
  return new Promise(() => undefined);
}
