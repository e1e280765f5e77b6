import { virtualClock } from '../../sim/virtual-clock.ts';
import { describeClock } from '../conformance/clock-suite.ts';

describeClock('the simulated world', () => {
  const clock = virtualClock({ seed: 1 });
  return { clock, run: (promise) => clock.run(promise) };
});
