import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { missingProgram, programPath } from './engine.ts';

/** Why there is no browser to test with, or null. */
export const missingBrowser = missingProgram('chromium');

/** A name that belongs to a stranger, and that leads to this machine. */
export const FOREIGN_NAME = 'evil.example';

/** Chromium with an empty profile that is removed with it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: programPath('chromium')!,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP ${FOREIGN_NAME} 127.0.0.1`,
    ],
  });
}

/** A script for `page.evaluate`, with the values in it as literals: types of the page's world stay out of the compiler's. */
export function script(parts: TemplateStringsArray, ...values: readonly unknown[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => JSON.stringify(value)));
}

/** A web site of a stranger, on 127.0.0.1: an empty page under every path. It ends with the test. */
export type Site = {
  readonly port: number;
  /** What was asked of it. */
  readonly paths: readonly string[];
  close(): Promise<void>;
};

export async function startSite(): Promise<Site> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' });
    response.end('<!doctype html><title>stranger</title><body></body>');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> => closeServer(server);
  onTestFinished(close);
  return { port: (server.address() as AddressInfo).port, paths, close };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
