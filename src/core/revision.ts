/** Tells one build from another: `scripts/stamp-revision.ts` puts a digest of the bundle here, of the same length. */
export const REVISION = 'sluice from src/';
