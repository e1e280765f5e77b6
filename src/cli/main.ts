#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Command } from 'commander';
import { SluiceError } from '../core/errors.ts';
import { addDevCommand } from './dev.ts';
import { EXIT } from './exit-code.ts';
import { addLoadCommand } from './load.ts';
import { addRetryCommand } from './retry.ts';
import { addStatusCommand } from './status.ts';
import { print, printError, printJson } from './terminal.ts';

const { version, description } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
) as { version: string; description: string };

const program = new Command('sluice')
  .description(description)
  .version(version)
  .configureOutput({
    writeOut: (text) => text.trimEnd().split('\n').forEach(print),
    writeErr: (text) => printError(text.trimEnd()),
  });
addDevCommand(program);
addLoadCommand(program);
addStatusCommand(program);
addRetryCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  tell(error instanceof SluiceError ? error : unforeseen(error));
  process.exitCode = EXIT.failed;
}

function tell(error: SluiceError): void {
  // With --json, standard output is the machine's: an error too is one object there.
  if (process.argv.includes('--json'))
    printJson({ error: error.code, message: error.message, ...error.data });
  else printError(`sluice: ${error.message} (${error.code})`);
}

/** Where it came from is for who mends it; SLUICE_DEBUG shows it. */
function unforeseen(cause: unknown): SluiceError {
  if (process.env['SLUICE_DEBUG'] !== undefined) printError(inspect(cause));
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError(
    'internal',
    `${detail}. To see where it came from, set SLUICE_DEBUG=1 and try again.`,
    {
      cause,
    },
  );
}
