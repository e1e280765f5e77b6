#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../core/errors.ts';
import { addDevCommand } from './dev.ts';
import { EXIT } from './exit-code.ts';
import { addLoadCommand } from './load.ts';
import { addRetryCommand } from './retry.ts';
import { addStatusCommand } from './status.ts';

const { version, description } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
) as { version: string; description: string };

const program = new Command('sluice').description(description).version(version);
addDevCommand(program);
addLoadCommand(program);
addStatusCommand(program);
addRetryCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  // With --json, standard output is the machine's: an error too is one object there.
  if (process.argv.includes('--json'))
    console.log(JSON.stringify({ error: error.code, message: error.message, ...error.data }));
  else console.error(`sluice: ${error.message} (${error.code})`);
  process.exitCode = EXIT.failed;
}
