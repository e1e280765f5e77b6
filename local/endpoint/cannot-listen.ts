import { SluiceError } from '../../src/core/errors.ts';

/** The error for an endpoint that cannot listen: `port-taken`, `configuration-invalid`; any other cause unchanged. */
export function cannotListen(port: number, cause: unknown): unknown {
  switch (codeOf(cause)) {
    case 'EADDRINUSE':
      return new SluiceError(
        'port-taken',
        `Port ${port} of 127.0.0.1 is in use, perhaps by another local stack. Stop that process, or choose another port with --port.`,
        { data: { port }, cause },
      );
    case 'EACCES':
      return new SluiceError(
        'configuration-invalid',
        `Port ${port} of 127.0.0.1 needs privileges that this user does not have. Choose a port of at least 1024 with --port.`,
        { data: { port }, cause },
      );
    default:
      return cause;
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
