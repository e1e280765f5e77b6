/** A list that may be written as one value. */
export function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** `none` in a document is null when it is resolved. */
export function unlessNone<T>(value: T | 'none'): T | null {
  return value === 'none' ? null : value;
}
