/** A service's error answer, with the service's own code and message. */
export type Refusal = Error & {
  readonly status: number;
  /** The service's error code: `NoSuchKey`, `QueueDoesNotExist` … */
  readonly code: string;
  /** Further fields or headers of the answer. */
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
