import { wallClock } from '../../src/node/wall-clock.ts';
import { describeClock } from '../conformance/clock-suite.ts';

describeClock('the wall', () => ({ clock: wallClock(), run: (promise) => promise }));
