// report.html in a real browser: what a person does with it, by mouse and by keyboard.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

import { NASTY, reportFolder, story } from './folders.mjs';

const TESTS = 5_000;
const RED = Math.ceil(TESTS / 7) + 2 + 1; // with the miss, the one not finished, the one not listed
const ROWS_MAX = 100;
const WAIT_MS = 60_000; // a machine may be busy

describe('report.html', () => {
  let reports;
  let home;
  let context;
  let page;
  let trouble;
  before(async () => {
    reports = reportFolder(story(TESTS));
    home = mkdtempSync(join(tmpdir(), 'drydock-browser-'));
    // Offline: the page has no network, and shows that it needs none.
    context = await chromium.launchPersistentContext(home, {
      executablePath: '/usr/bin/chromium',
      timeout: WAIT_MS,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      offline: true,
      colorScheme: 'light',
      viewport: { width: 1200, height: 800 },
    });
    context.setDefaultTimeout(WAIT_MS);
  });
  after(async () => {
    await context?.close();
    if (home) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    reports?.remove();
  });
  beforeEach(async () => {
    await page?.close();
    page = await context.newPage();
    trouble = [];
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
    page.on('request', (request) => request.url().startsWith('file:') || trouble.push(request.url()));
    await page.goto(pathToFileURL(join(reports.folder, 'report.html')).href);
    await page.locator('.row').first().waitFor();
  });

  const rows = () => page.locator('.row');
  const chosen = () => page.locator('.row[aria-selected="true"] .name').textContent();
  const heading = () => page.locator('#details h2').textContent();
  const focused = () => page.evaluate(() => document.activeElement.id);

  it('shows the failures first, and the first one of them', async () => {
    assert.match(await page.locator('#verdict').textContent(), /^interrupted · exit code 20/);
    assert.equal(await rows().first().locator('.outcome').textContent(), 'failed');
    assert.equal(await heading(), 'unit/test_number_0');
    assert.deepEqual(trouble, []);
  });

  it('takes what tests said for text', async () => {
    await page.locator('#filter').fill('document.title');
    await page.locator('#order').selectOption('list');
    await page.locator('.row', { hasText: 'test_]]>' }).click();

    assert.equal(await heading(), `agent/test_${NASTY}`);
    assert.notEqual(await page.title(), 'taken');
    assert.equal(await page.locator('#details b, #reasons b, #run b, h1 b').count(), 0);
    assert.deepEqual(trouble, []);
  });

  it('shows a failure with its place, its output and what it used', async () => {
    await page.locator('.row', { hasText: 'unit/test_number_14' }).first().click();

    const details = page.locator('#details');
    assert.equal(await heading(), 'unit/test_number_14');
    assert.equal(await details.locator('h3').first().textContent(), 'src/dock_test.cc:15');
    assert.match(await details.locator('pre').first().textContent(), /^expected 3, got 4/);
    assert.match(await details.locator('.facts').nth(1).textContent(), /memory 4\.8 MiB/);
    assert.equal(await details.locator('a').first().getAttribute('href'), 'logs/14.1.log');
  });

  it('leads to the artifacts of a test, and nowhere else', async () => {
    await page.locator('.row', { hasText: 'unit/test_number_14' }).first().click();

    const files = page.locator('#details .files li');
    assert.deepEqual(await files.allTextContents(), ['coverage/a b#1?.gcda 12 bytes', '<b>%2e.txt 3 KiB', '../../x 1 byte']);
    const led = await files.locator('a').evaluateAll((links) => links.map((link) => link.href));
    const below = (path) => pathToFileURL(join(reports.folder, path)).href;
    assert.deepEqual(led, [below('artifacts/14.1/coverage/a b#1?.gcda'), below('artifacts/14.1/<b>%2e.txt')]);
    assert.match(await page.locator('#details').textContent(), /Left out: 2 larger than 16 MiB/);
    assert.deepEqual(trouble, []);
  });

  it('shows the conversation of a test as a person reads it', async () => {
    await page.locator('#filter').fill('llm_miss');

    assert.equal(await heading(), 'agent/test_number_3');
    const said = page.locator('#details .talk > li');
    assert.equal(await said.count(), 2);
    assert.match(await said.nth(0).textContent(), /weather in Oslo.*It is 12 degrees\./);
    assert.match(await said.nth(1).locator('.miss').textContent(), /No fixture matches\.\nnearest fixtures/);
    await said.nth(1).locator('summary').click();
    assert.equal(await said.nth(1).locator('pre').textContent(), 'drydock: fixtures/v1');
  });

  it('says of a test that was running that it is not finished', async () => {
    await page.locator('#filter').fill('test_number_4 vanished');

    assert.equal(await heading(), 'unit/test_number_4');
    assert.match(await page.locator('#details').textContent(), /not finished: attempt 1 began/);
  });

  it('keeps every attempt of a flaky test', async () => {
    await page.locator('#outcomes button', { hasText: 'flaky' }).click();

    assert.equal(await heading(), 'unit/test_number_2');
    assert.deepEqual(await page.locator('#details summary').allTextContents(), ['attempt 1: failed', 'Artifacts (3 files)', 'attempt 2: passed']);
  });

  it('filters by words, suite and outcome', async () => {
    assert.equal(await page.locator('#shown').textContent(), `${TESTS + 1} of ${TESTS + 1}`);
    await page.locator('#filter').fill('NUMBER_12 4');
    assert.match(await page.locator('#shown').textContent(), /^2\d of/);
    await page.locator('#filter').fill('');
    await page.locator('#suite').selectOption('broken');
    assert.equal(await page.locator('#shown').textContent(), `1 of ${TESTS + 1}`);
    await page.locator('#suite').selectOption('');
    const failed = page.locator('#outcomes button', { hasText: 'failed' });
    await failed.click();
    assert.equal(await failed.getAttribute('aria-pressed'), 'true');
    assert.equal(await page.locator('#shown').textContent(), `${RED - 3} of ${TESTS + 1}`);
    await page.locator('#filter').fill('there is no such test');
    assert.match(await page.locator('#details').textContent(), /No test fits the filter/);
  });

  it('is used by keyboard alone', async () => {
    await page.keyboard.press('/');
    assert.equal(await focused(), 'filter');
    await page.keyboard.type('failed');
    await page.keyboard.press('Enter');
    assert.equal(await focused(), 'list');
    const first = await chosen();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
    assert.equal(await chosen(), 'unit/test_number_14');
    const active = await page.locator('#list').getAttribute('aria-activedescendant');
    assert.equal(await page.locator(`#${active}`).getAttribute('aria-selected'), 'true');
    await page.keyboard.press('End');
    assert.equal(await chosen(), await heading());
    assert.notEqual(await chosen(), first);
    await page.keyboard.press('Home');
    assert.equal(await chosen(), first);
    await page.keyboard.press('Enter');
    assert.equal(await focused(), 'details');
    const stops = [];
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press('Tab');
      stops.push(await page.evaluate(() => document.activeElement.textContent));
    }
    assert.deepEqual(stops, ['logs/0.1.log', 'Artifacts (3 files)', 'coverage/a b#1?.gcda', '<b>%2e.txt']);
    await page.keyboard.press('Escape');
    assert.equal(await focused(), 'list');
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#filter').inputValue(), '');
    assert.deepEqual(trouble, []);
  });

  it('has elements only for the rows that are seen', async () => {
    assert.ok((await rows().count()) < ROWS_MAX);
    await page.locator('#list').evaluate((list) => { list.scrollTop = list.scrollHeight / 2; });
    await page.waitForFunction(() => Number(document.querySelector('.row').getAttribute('aria-posinset')) > 2_000);
    assert.ok((await rows().count()) < ROWS_MAX);
    assert.equal(await rows().first().getAttribute('aria-setsize'), String(TESTS + 1));
  });

  it('is dark where the reader is, and by a button', async () => {
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await theme(), 'light');
    const light = await back();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    assert.notEqual(await back(), light);
    await page.locator('#theme').click();
    assert.equal(await theme(), 'light');
    assert.equal(await back(), light);
  });

  it('has a timeline whose bars lead to their tests', async () => {
    const timeline = page.locator('#timeline');
    assert.match(await timeline.getAttribute('aria-label'), /^Timeline: \d+ attempts, at most \d+ at a time/);
    const box = await timeline.boundingBox();
    await timeline.click({ position: { x: box.width / 2, y: 20 } });
    assert.notEqual(await heading(), 'unit/test_number_0');
  });
});
