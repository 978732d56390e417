// SPDX-License-Identifier: MIT OR Apache-2.0
//
// page.mjs FOLDER PAGE...: opens each page in headless Chromium, at 1,600 px in light and at 400 px in dark colours, and says what is
// wrong with it: script errors, requests, links that lead nowhere, a page wider than its window, contrast and other rules
// of axe-core. FOLDER has playwright-core and axe-core. With SCREENSHOTS=FOLDER it leaves pictures there; with
// MOST_MILLISECONDS=N a page must be ready by then.
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';

const [folder, ...pages] = process.argv.slice(2);
const require = createRequire(resolve(folder, 'package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let wrong = 0;
const complain = (words) => { console.log(words); ++wrong; };

const profile = mkdtempSync(resolve(tmpdir(), 'page-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

for (const file of pages) {
  const name = basename(file);
  for (const [width, scheme] of [[1600, 'light'], [400, 'dark']]) {
    const where = `${name}, ${width} px, ${scheme}`;
    const page = await browser.newPage();
    page.on('pageerror', (error) => complain(`${where}: ${error}`));
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complain(`${where}: ${message.text()}`); });
    page.on('request', (request) => { if (!request.url().startsWith('file:')) complain(`${where}: asks for ${request.url()}`); });
    page.on('dialog', (dialog) => { complain(`${where}: a name became a script: ${dialog.message()}`); dialog.dismiss(); });
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    const start = Date.now();
    await page.goto('file://' + resolve(file));
    await page.waitForSelector('html[data-ready]', { timeout: 30000 });
    const took = Date.now() - start;
    if (width === 1600 && scheme === 'light') console.log(`${name}: ready after ${took} ms`);
    if (process.env.MOST_MILLISECONDS && took > Number(process.env.MOST_MILLISECONDS)) complain(`${where}: ready only after ${took} ms`);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: resolve(process.env.SCREENSHOTS, `${name}-${width}-${scheme}.png`), fullPage: false });

    // Everything that opens is open, as far as it is not without end.
    for (const one of (await page.$$('details.finding:not([open]) > summary')).slice(0, 5)) await one.click();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) complain(`${where}: is ${wide} px wider than the window`);

    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    for (const one of result.violations)
      complain(`${where}: ${one.id}: ${one.help}\n${one.nodes.slice(0, 3).map((n) => `    ${n.html.slice(0, 160)} ${n.any.map((a) => a.message).join('; ').slice(0, 200)}`).join('\n')}`);

    {
      // Every link inside leads to an element, also where that is made only then.
      const links = [...new Set(await page.$$eval('a[href^="#"]', (all) => all.map((a) => a.getAttribute('href'))))];
      if (links.length < 2) complain(`${where}: has no links`);
      for (const link of links) {
        await page.evaluate((to) => { location.hash = to; }, link);
        await page.waitForFunction((to) => document.querySelector(to) !== null, link, { timeout: 3000 })
          .catch(() => complain(`${where}: ${link} leads nowhere`));
      }
      const outside = await page.$$eval('a[href], link[href], script[src], img[src]', (all) => all.map((a) => a.getAttribute('href') || a.getAttribute('src')).filter((h) => !h.startsWith('#')));
      for (const link of outside) complain(`${where}: points outside: ${link}`);
      // By keyboard: / goes to the search, and what stands in it filters.
      if (await page.$('#search')) {
        await page.evaluate(() => document.activeElement.blur());
        await page.keyboard.press('/');
        if (!await page.evaluate(() => document.activeElement.id === 'search')) complain(`${where}: / does not go to the search`);
        await page.keyboard.type('no such word anywhere');
        if (await page.$$eval('details.finding', (all) => all.length) !== 0) complain(`${where}: the search filters nothing`);
        await page.keyboard.press('Control+a');
        await page.keyboard.press('Delete');
        if (await page.$$eval('details.finding', (all) => all.length) === 0) complain(`${where}: the search does not give back what it took`);
        // Tab reaches a finding, Enter opens and closes it.
        await page.focus('details.finding > summary');
        const before = await page.$eval('details.finding', (d) => d.open);
        await page.keyboard.press('Enter');
        if (await page.$eval('details.finding', (d) => d.open) === before) complain(`${where}: Enter does not open a finding`);
      }
      // Every verdict opens its evidence.
      for (const button of (await page.$$('.verdicts button')).slice(0, 20)) {
        if (await button.getAttribute('aria-expanded') === 'true') continue;
        await button.click();
        if (!await page.$('.evidence')) complain(`${where}: a verdict opens nothing`);
      }
      for (const select of await page.$$('select')) {
        const values = await select.$$eval('option', (all) => all.length);
        for (let i = Math.min(values, 4) - 1; i >= 0; --i) await select.selectOption({ index: i }).catch(() => {});
      }
      for (const button of (await page.$$('.heat button')).slice(0, 2)) await button.click();
      if (width === 1600) {
        await page.pdf({ path: resolve(profile, 'print.pdf') }).catch((error) => complain(`${where}: cannot be printed: ${error}`));
        if (process.env.SCREENSHOTS) await page.screenshot({ path: resolve(process.env.SCREENSHOTS, `${name}-full.png`), fullPage: true });
      }
    }
    await page.close();
  }
}
await browser.close();
rmSync(profile, { recursive: true, force: true });
if (wrong > 0) {
  console.log(`${wrong} complaints`);
  process.exit(1);
}
