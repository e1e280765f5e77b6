import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  FOREIGN_NAME,
  missingBrowser,
  script,
  type Site,
  startBrowser,
  startSite,
} from '../../support/chromium.ts';
import { startWithBucket } from '../s3/with-bucket.ts';

/** What a page adds to a URL, for a request that looks signed. */
const SIGNED = 'X-Amz-Signature=x';

const deletion = '<Delete><Object><Key>a.csv</Key></Object></Delete>';

/** Chromium counts another port as same-site, another name as cross-site. */
const strangers = [
  ['a page on another port', '127.0.0.1'],
  ['a page of another name', FOREIGN_NAME],
] as const;

describe.skipIf(missingBrowser !== null)(
  `a web page in Chromium${missingBrowser === null ? '' : ` (skipped: ${missingBrowser})`}`,
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startBrowser();
    });
    afterAll(() => browser.close());

    describe.each(strangers)('%s', (_, host) => {
      test('deletes nothing with a request that needs no preflight', async () => {
        const { page, local } = await visit(browser, host);
        const url = `${local.url}/source?delete&${SIGNED}`;
        await page.evaluate(
          script`fetch(${url}, { method: 'POST', mode: 'no-cors', body: ${deletion} }).catch(String)`,
        );
        expect(await keys(local)).toContain('a.csv');
      });

      test('deletes nothing with a form', async () => {
        const { page, local } = await visit(browser, host);
        const answered = page.waitForResponse((response) => response.url().startsWith(local.url));
        // Sent as NAME=VALUE: the equals sign ends up in a comment.
        const [name, value] = ['<Delete><Object><Key>a.csv</Key></Object><!--', '--></Delete>'];
        await page.evaluate(script`{
          const form = document.createElement('form');
          Object.assign(form, { action: ${`${local.url}/source?delete&${SIGNED}`}, method: 'post', enctype: 'text/plain' });
          form.append(Object.assign(document.createElement('input'), { name: ${name}, value: ${value} }));
          document.body.append(form);
          form.submit();
        }`);
        expect((await answered).status()).toBe(403);
        expect(await keys(local)).toContain('a.csv');
      });

      test.each([
        ['PUT', 'new.csv', 'x'],
        ['DELETE', 'a.csv', null],
      ])('gets no leave for %s', async (method, key, body) => {
        const { page, local } = await visit(browser, host);
        const url = `${local.url}/source/${key}?${SIGNED}`;
        expect(
          await page.evaluate(script`fetch(${url}, ${{ method, body }}).then(() => 'answered', String)`),
        ).toBe('TypeError: Failed to fetch');
        expect(await keys(local)).toEqual(['a.csv', 'page.csv', 'picture.svg', 'script.js']);
      });

      test.each(['DynamoDB_20120810.ListTables', 'AmazonSQS.ListQueues'])(
        'gets no answer to %s',
        async (target) => {
          const { page, local } = await visit(browser, host);
          const init = { method: 'POST', headers: { 'x-amz-target': target }, body: '{}' };
          const url = `${local.url}/?${SIGNED}`;
          expect(
            await page.evaluate(script`fetch(${url}, ${init}).then((answer) => answer.text(), String)`),
          ).toBe('TypeError: Failed to fetch');
        },
      );

      test.each(['cors', 'no-cors'])('reads no object by fetch (%s)', async (mode) => {
        const { page, local } = await visit(browser, host);
        const url = `${local.url}/source/a.csv?${SIGNED}`;
        expect(await page.evaluate(script`fetch(${url}, ${{ mode }}).then(() => 'answered', String)`)).toBe(
          'TypeError: Failed to fetch',
        );
      });

      test.each([
        ['script', 'script.js'],
        ['img', 'picture.svg'],
      ])('embeds no object by <%s>', async (tag, key) => {
        const { page, local } = await visit(browser, host);
        const event = await page.evaluate(script`new Promise((resolve) => {
          const element = Object.assign(document.createElement(${tag}), { src: ${`${local.url}/source/${key}?${SIGNED}`} });
          element.addEventListener('load', () => resolve('load'));
          element.addEventListener('error', () => resolve('error'));
          document.body.append(element);
        })`);
        expect(event).toBe('error');
        expect(await page.evaluate(script`'stolen' in globalThis`)).toBe(false);
      });

      test('embeds no object in a frame', async () => {
        const { page, local, site } = await visit(browser, host);
        const answered = page.waitForResponse((response) => response.url().startsWith(local.url));
        await page.evaluate(script`{
          document.body.append(Object.assign(document.createElement('iframe'), { src: ${pageUrl(local)} }));
        }`);
        expect((await answered).status()).toBe(403);
        expect(site.paths).not.toContain('/ran');
      });

      test('opens no object in a window', async () => {
        const { page, local, site } = await visit(browser, host);
        const opening = page.waitForEvent('popup');
        await page.evaluate(script`void open(${pageUrl(local)})`);
        const popup = await opening;
        await popup.waitForLoadState();
        expect(await popup.content()).toContain('AccessDenied');
        expect(site.paths).not.toContain('/ran');
      });

      test('gets no WebSocket', async () => {
        const { page, local } = await visit(browser, host);
        const failed = page.waitForEvent('websocket').then((socket) => socket.waitForEvent('socketerror'));
        await page.evaluate(script`void new WebSocket(${`${local.url.replace('http', 'ws')}/?${SIGNED}`})`);
        expect(await failed).toContain('403');
      });
    });

    test('a CSV that the user opens as a page runs no script', async () => {
      const { page, local, site } = await visit(browser, '127.0.0.1');
      // Typed into the address bar: Sec-Fetch-Site is 'none'.
      const answer = await page.goto(pageUrl(local));
      expect(answer?.status()).toBe(200);
      expect(await page.locator('h1').innerText()).toBe('before after');
      expect(site.paths).not.toContain('/ran');
    });

    test('a page whose host name resolves to this machine later (DNS rebinding) reads and changes nothing', async () => {
      const site = await startSite();
      const page = await open(browser, `http://${FOREIGN_NAME}:${site.port}/`);
      await site.close();
      const local = await fill(site.port, site);
      const ask = (path: string, init: object): Promise<string> =>
        page.evaluate(
          script`fetch(${path}, ${init}).then(async (answer) => \`\${answer.status} \${await answer.text()}\`)`,
        );
      const tables = {
        method: 'POST',
        headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
        body: '{}',
      };
      for (const [path, init] of [
        [`/?${SIGNED}`, tables],
        [`/?${SIGNED}`, { ...tables, headers: { 'x-amz-target': 'AmazonSQS.ListQueues' } }],
        [`/?${SIGNED}`, {}],
        [`/source/a.csv?${SIGNED}`, {}],
        [`/source?delete&${SIGNED}`, { method: 'POST', body: deletion }],
        [`/source/a.csv?${SIGNED}`, { method: 'DELETE' }],
      ] as const) {
        const answer = await ask(path, init);
        expect(answer).toMatch(/^403 .*AccessDenied.*evil\.example/s);
        expect(answer).not.toMatch(/people|secret/);
      }
      expect(await keys(local)).toContain('a.csv');
    });
  },
);

type Local = Awaited<ReturnType<typeof startWithBucket>>;

/** A stack with something in it, and a stranger's page beside. */
async function visit(browser: Browser, host: string): Promise<{ page: Page; local: Local; site: Site }> {
  const site = await startSite();
  const local = await fill(0, site);
  return { page: await open(browser, `http://${host}:${site.port}/`), local, site };
}

async function fill(port: number, site: Site): Promise<Local> {
  const local = await startWithBucket({ port });
  const beacon = `<script>new Image().src = 'http://127.0.0.1:${site.port}/ran'</script>`;
  const objects = {
    'a.csv': 'id\nsecret\n',
    'page.csv': `<h1>before ${beacon}<img src="http://127.0.0.1:${site.port}/ran">after</h1>\n`,
    'script.js': 'globalThis.stolen = true\n',
    'picture.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>',
  };
  const types: Record<string, string> = { 'script.js': 'text/javascript', 'picture.svg': 'image/svg+xml' };
  for (const [Key, Body] of Object.entries(objects))
    await local.s3.send(
      new PutObjectCommand({ Bucket: 'source', Key, Body, ContentType: types[Key] ?? 'text/csv' }),
    );
  await local.dynamodb.send(
    new CreateTableCommand({
      TableName: 'people',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await local.sqs.send(new CreateQueueCommand({ QueueName: 'people' }));
  return local;
}

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function keys({ s3, Bucket }: Local): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key!);
}

/** The CSV with a script in it, as HTML. */
function pageUrl(local: Local): string {
  return `${local.url}/source/page.csv?response-content-type=text/html&${SIGNED}`;
}
