import { SluiceError } from '../../src/core/errors.ts';

/** Why the endpoint cannot listen, for a person: `port-taken`, `configuration-invalid`; any other cause as it is. */
export function cannotListen(port: number, cause: unknown): unknown {
  switch (codeOf(cause)) {
    case 'EADDRINUSE':
      return new SluiceError(
        'port-taken',
        `Port ${port} of 127.0.0.1 is taken, perhaps by another local stack. Stop that one, or choose another port with --port.`,
        { data: { port }, cause },
      );
    case 'EACCES':
      return new SluiceError(
        'configuration-invalid',
        `Port ${port} of 127.0.0.1 needs rights that this user does not have. Choose a port from 1024 up with --port.`,
        { data: { port }, cause },
      );
    default:
      return cause;
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
