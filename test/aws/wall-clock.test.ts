import { wallClock } from '../../src/aws/wall-clock.ts';
import { describeClock } from '../conformance/clock-suite.ts';

describeClock('the wall', () => ({ clock: wallClock(), run: (promise) => promise }));
