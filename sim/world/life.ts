import type { Clock } from '../../src/core/ports.ts';
import type { Chance } from './chance.ts';

/** A request may still be carried out within this time after its process has died or its connection is closed. */
export const LINGER_MS = 5000;

/** The fate of one request. `giveUpMs`: when the client stops waiting. */
export type Fate =
  | { readonly kind: 'answered'; readonly outMs: number; readonly backMs: number }
  /** It never arrives. */
  | { readonly kind: 'lost'; readonly giveUpMs: number }
  /** It is carried out, and the answer is lost. */
  | { readonly kind: 'unanswered'; readonly outMs: number; readonly giveUpMs: number }
  /** It is carried out `lateMs` after the client has given it up. */
  | { readonly kind: 'late'; readonly giveUpMs: number; readonly lateMs: number }
  /** The first answer is lost, and the client's SDK sends the request again. */
  | {
      readonly kind: 'repeated';
      readonly outMs: number;
      readonly againMs: number;
      readonly backMs: number;
    };

/**
 * When an invocation dies: at the request number `number` of those whose names begin with `name`, before or after the request's
 * effect; or at a time.
 */
export type Death =
  | { readonly kind: 'request'; readonly name: string; readonly number: number; readonly isBefore: boolean }
  | { readonly kind: 'time'; readonly afterMs: number };

/** The host's clock is set by `byMs`, `afterMs` after the invocation began. Negative: it is set back. */
export type ClockStep = { readonly afterMs: number; readonly byMs: number };

/**
 * At the request number `number` the process is frozen for a time. `isSuspended`: its machine is suspended, so that the monotonic
 * clock and the timers stop too.
 */
export type Freeze = { readonly number: number; readonly forMs: number; readonly isSuspended: boolean };

/** An invocation that may be killed or frozen at any await. All its requests go through here. */
export type Life = {
  readonly clock: Clock;
  /** Sends a request. `effect` changes the world; `failed` throws, or returns an answer, in place of the client. */
  request<T>(name: string, fate: Fate, effect: () => T | Promise<T>, failed: () => T): Promise<T>;
  kill(reason: string): void;
  /** The invocation has returned: none of its code may continue. */
  finish(): void;
  readonly isDead: boolean;
  /** Resolves when the process is killed. */
  readonly death: Promise<void>;
};

export function life(options: {
  clock: Clock;
  chance: Chance;
  skewMs: number;
  /** The machine's monotonic clock as the invocation begins. */
  bootMs: number;
  steps: readonly ClockStep[];
  dies: Death | null;
  freezes: Freeze | null;
  say: (text: string) => void;
  /** A request by a process that has returned. */
  onLateRequest: (name: string) => void;
}): Life {
  const { clock, chance, skewMs, bootMs, steps, dies, freezes, say } = options;
  const startMs = clock.now();
  let diedMs: number | null = null;
  let isFinished = false;
  let frozenMs = Infinity;
  let frozenUntilMs = 0;
  let requests = 0;
  /** Requests with the name at which it dies. */
  let namedRequests = 0;
  let reportDeath = (): void => undefined;
  const death = new Promise<void>((resolve) => {
    reportDeath = resolve;
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
    reportDeath();
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

  /** Continues the process's own code, unless it is dead; waits while it is frozen. */
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
      options.onLateRequest(name);
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
        if (isLast) kill(`killed after ${name}`);
        return await answer(fate.backMs, outcome);
      }
      case 'repeated': {
        await carryOut(fate.outMs, effect);
        if (isLast) kill(`killed after ${name}`);
        say(`${name}: the answer is lost, sent again`);
        const outcome = await carryOut(fate.againMs, effect);
        return await answer(fate.backMs, outcome);
      }
      case 'unanswered': {
        await carryOut(fate.outMs, effect);
        say(`${name}: carried out, the answer is lost`);
        return await giveUp(fate.giveUpMs - fate.outMs);
      }
      case 'lost':
        say(`${name}: never arrives`);
        return await giveUp(fate.giveUpMs);
      case 'late': {
        void carryOut(fate.giveUpMs + fate.lateMs, effect);
        say(`${name}: lands ${Math.round(fate.lateMs)} ms after the client gave it up`);
        return await giveUp(fate.giveUpMs);
      }
    }

    async function giveUp(afterMs: number): Promise<T> {
      await clock.sleep(afterMs);
      await goOn();
      return failed();
    }
  }

  /** The way of the request to the service, and its effect. If the process has died meanwhile, the request may still arrive. */
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
