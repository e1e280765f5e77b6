import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { SluiceError } from '../core/errors.ts';
import { EXIT } from './exit-code.ts';
import { program } from './program.ts';
import { exitOnClosedOutput, printError, printJson } from './terminal.ts';

const { version, description } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
) as { version: string; description: string };

exitOnClosedOutput();
try {
  await program(description, version).parseAsync();
} catch (error) {
  tell(error instanceof SluiceError ? error : unforeseen(error));
  process.exitCode = EXIT.failed;
}

function tell(error: SluiceError): void {
  // With --json, standard output is for programs: an error is one object too.
  if (process.argv.includes('--json'))
    printJson({ error: error.code, message: error.message, ...error.data });
  else printError(`sluice: ${error.message} (${error.code})`);
}

/** SLUICE_DEBUG shows the stack, with the names of the source files. */
function unforeseen(cause: unknown): SluiceError {
  if (process.env['SLUICE_DEBUG'] !== undefined) printError(inspect(cause));
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError('internal', `${detail}. To see the stack trace, set SLUICE_DEBUG=1 and try again.`, {
    cause,
  });
}
