/** A pattern that cannot be used. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  /** Position in the pattern, from 0. */
  readonly at: number;

  constructor(text: string, at: number) {
    super(text);
    this.at = at;
  }
}
