import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../support/find-chromium.ts';
import { createConnector, createTopic, fetchConnectorState, produceJson, toCreate } from '../support/stack-client.ts';
import { endStack, runSluice, type StackProcess, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const timeoutMs = 60_000;

describe('the console in a browser', () => {
  const dataDir = makeTemporaryFolder('sluice-browser');
  let stack: StackProcess;
  let browser: Browser;

  before(async () => {
    stack = await startStack(dataDir);
    browser = await chromium.launch({ executablePath: findChromium()!, args: ['--no-sandbox'] });
    await runSluice(['query', 'create table cars (id int primary key)', '--data-dir', dataDir]);
    await createTopic(stack, 'cars', 1);
    await createConnector(stack, 'cars', {
      topics: 'cars',
      'target.tablename': 'cars',
      'value.converter.schemas.enable': 'false',
      'x.note': '</td><script>document.title = "broken"</script>\u202e',
    });
  });
  after(async () => {
    await browser?.close();
    if (stack !== undefined) await endStack(stack, 'SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** A page whose violations of the policy, and other errors, are collected. */
  const open = async (path: string, options: Parameters<Browser['newContext']>[0] = {}) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(timeoutMs);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(stack.connectUrl + path);
    return { context, page, problems };
  };
  const capture = async (page: Page, name: string) => {
    const folder = process.env.SLUICE_SCREENSHOTS;
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  };

  test('shows rows that flow, without a reload', async () => {
    const { page, problems, context } = await open('/ui/connectors/cars');
    await produceJson(
      stack,
      'cars',
      Array.from({ length: 50 }, (_, id) => toCreate({ id })),
    );
    await page
      .locator('table', { hasText: 'Next offset' })
      .getByRole('cell', { name: '50', exact: true })
      .first()
      .waitFor();
    assert.match(await page.title(), /^cars – Sluice$/);
    assert.match((await page.locator('time').first().getAttribute('title')) ?? '', /^\d{4}-.*Z$/);
    await capture(page, 'connector');
    assert.deepEqual(problems, []);
    await context.close();
  });

  test('pauses and resumes a connector behind a confirmation', async () => {
    const { page, problems, context } = await open('/ui');
    await page.getByRole('link', { name: 'cars' }).click();
    for (const [label, state] of [
      ['Pause', 'PAUSED'],
      ['Resume', 'RUNNING'],
    ] as const) {
      await page.getByRole('link', { name: label }).click();
      await page.getByRole('button', { name: label }).click();
      await page.waitForURL('**/ui/connectors/cars');
      assert.equal(await fetchConnectorState(stack, 'cars'), state);
    }
    assert.deepEqual(problems, []);
    await context.close();
  });

  test('tells what is blocked and what to do', async () => {
    await runSluice(['query', 'alter table cars rename to lorries', '--data-dir', dataDir]);
    await produceJson(stack, 'cars', [toCreate({ id: 99 })]);
    const { page, context } = await open('/ui/connectors/cars');
    await page.getByRole('heading', { name: 'What is blocked, and what to do' }).waitFor();
    await page.getByText('TABLE_MISSING').first().waitFor();
    await capture(page, 'blocked');
    await runSluice(['query', 'alter table lorries rename to cars', '--data-dir', dataDir]);
    await page.getByRole('heading', { name: 'What is blocked, and what to do' }).waitFor({ state: 'detached' });
    await context.close();
  });

  test('has no violation of accessibility rules, in light and dark, wide and narrow', async () => {
    for (const path of ['/ui', '/ui/connectors/cars', '/ui/connectors/cars/stop', '/ui/connectors/nobody']) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const viewport = colorScheme === 'dark' ? { width: 360, height: 740 } : { width: 1_280, height: 800 };
        // The policy keeps foreign scripts out, also the one that looks for violations.
        const { page, context } = await open(path, { colorScheme, viewport, bypassCSP: true });
        await page.addScriptTag({ path: axeFile });
        const found = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          };
          return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
        });
        assert.deepEqual(found, [], `${path} ${colorScheme}`);
        await capture(page, `${path.replaceAll('/', '-').slice(1)}-${colorScheme}`);
        await context.close();
      }
    }
  });

  test('is whole without script', async () => {
    const { page, context } = await open('/ui', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'cars' }).click();
    await page.getByRole('link', { name: 'Restart' }).click();
    await page.getByRole('button', { name: 'Restart' }).click();
    await page.waitForURL('**/ui/connectors/cars');
    assert.match(await page.locator('h1').innerText(), /cars/);
    await context.close();
  });
});
