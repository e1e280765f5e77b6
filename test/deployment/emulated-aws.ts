import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EngineKind, missingProgram, openProcess } from '../support/engine.ts';

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** moto with IAM enforced: a caller needs credentials, and the permission for its call. */
export type EmulatedAws = {
  readonly endpoint: string;
  /** Credentials with all permissions. */
  readonly admin: Credentials;
  /** Runs the AWS CLI as the administrator. Returns the JSON that it prints, or null. */
  cli(service: string, action: string, options?: Readonly<Record<string, string>>): Promise<unknown>;
  /** The environment variables with which SDK, CLI and Terraform use it. */
  environment(credentials: Credentials): Record<string, string>;
  close(): Promise<void>;
};

export const REGION = 'us-east-1';

/** The required tool that this machine lacks, or null. */
export const missing: EngineKind['missing'] = missingProgram('moto_server') ?? missingProgram('aws');

/** Starts it. `onEvent` gets the events that a bucket sends to a function. */
export async function openEmulatedAws(onEvent: (event: unknown) => void): Promise<EmulatedAws> {
  const events = await eventServer(onEvent);
  const script = join(import.meta.dirname, 'moto-server.py');
  const engine = await openProcess('env', (port) => [
    `SLUICE_EVENTS_URL=${events.url}`,
    'PYTHONDONTWRITEBYTECODE=1',
    'python3',
    script,
    '-H',
    '127.0.0.1',
    '-p',
    String(port),
  ]);
  let caller: Credentials = { accessKeyId: 'nobody', secretAccessKey: 'nobody' };
  const admin = await makeAdministrator();
  caller = admin;
  // 'IAM-like Access Control' in moto's guide: the number of calls before enforcement begins.
  await fetch(`${engine.endpoint}/moto-api/reset-auth`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '0',
  });
  return {
    endpoint: engine.endpoint,
    admin,
    cli,
    environment,
    async close() {
      await engine.close();
      await events.close();
    },
  };

  async function makeAdministrator(): Promise<Credentials> {
    const user = { 'user-name': 'admin' };
    await cli('iam', 'create-user', user);
    const everything = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
    await cli('iam', 'put-user-policy', {
      ...user,
      'policy-name': 'everything',
      'policy-document': JSON.stringify(everything),
    });
    const { AccessKey } = (await cli('iam', 'create-access-key', user)) as {
      AccessKey: { AccessKeyId: string; SecretAccessKey: string };
    };
    return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
  }

  async function cli(
    service: string,
    action: string,
    options: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const { stdout } = await promisify(execFile)(
      'aws',
      ['--endpoint-url', engine.endpoint, '--output', 'json', service, action, ...flags],
      { env: { ...process.env, ...environment(caller) } },
    );
    return stdout === '' ? null : (JSON.parse(stdout) as unknown);
  }

  function environment({ accessKeyId, secretAccessKey, sessionToken }: Credentials): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: engine.endpoint,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
      // The AWS configuration of this machine's user must have no effect.
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
  }
}

async function eventServer(
  onEvent: (event: unknown) => void,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      onEvent((JSON.parse(Buffer.concat(pieces).toString()) as { event: unknown }).event);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
