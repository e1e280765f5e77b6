/** What a service answers instead of doing as it was told, in that service's own words. */
export type Refusal = Error & {
  readonly status: number;
  /** The service's name for it: `NoSuchKey`, `QueueDoesNotExist` … */
  readonly code: string;
  /** Further fields or headers that belong to this answer. */
  readonly details: Readonly<Record<string, string>>;
};

export function refusal(
  status: number,
  code: string,
  message: string,
  details: Record<string, string> = {},
): Refusal {
  return Object.assign(new Error(message), { status, code, details });
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'status' in error && 'code' in error && 'details' in error;
}
