/**
 * Takes docs/images/web.png, web-dark.png and search.png: plays the scene of scene.ts on a hub, and looks at it with a real browser.
 *
 *   node clients/web/screenshot.ts              on a hub of its own, which it starts and ends
 *   node clients/web/screenshot.ts --url URL    on one that runs, with the same settings (its database is written to by `court import`)
 *
 * The browser is CHROMIUM_PATH or --chromium, else /usr/bin/chromium. Text is set in the fonts of this machine.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { searched, viewer } from './scene.ts';
import { chromiumFlags } from './stage/browser.ts';
import { openHub } from './stage/hub.ts';
import { playScene } from './stage/play.ts';

const root = path.join(import.meta.dirname, '../..');
const images = path.join(root, 'docs/images');

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    out: { type: 'string', default: images },
    chromium: { type: 'string', default: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' },
  },
});

await using hub = await openHub(root, values.url);
await using scene = await playScene(hub);
await using browser = await chromium.launch({ executablePath: values.chromium, args: chromiumFlags });
const page = await browser.newPage({
  viewport: { width: 1440, height: 900 },
  deviceScaleFactor: 2,
  locale: 'en-GB',
  timezoneId: 'UTC',
});
const { email, password } = scene.account(viewer);
await page.goto(`${hub.url}/#/room/${scene.room}/thread/${scene.thread}`);
await page.getByLabel('E-mail').fill(email);
await page.getByLabel('Password').fill(password);
await page.getByRole('button', { name: 'Sign in' }).click();
await page.getByRole('complementary', { name: 'Thread' }).getByText(scene.lastReply).waitFor();
await page.getByText('New messages', { exact: true }).waitFor();
scene.typing(true);
await page.getByText('is typing').waitFor();
// The pointer rests where it lights up nothing.
await page.mouse.move(720, 30);
await mkdir(values.out, { recursive: true });
// In one go, since what is unread is read by then.
for (const [colorScheme, file] of [
  ['light', 'web.png'],
  ['dark', 'web-dark.png'],
] as const) {
  await page.emulateMedia({ colorScheme });
  const target = path.join(values.out, file);
  await page.screenshot({ path: target, animations: 'disabled' });
  console.log(target);
}

await page.emulateMedia({ colorScheme: 'light' });
await page.keyboard.press('Control+k');
const panel = page.getByRole('complementary', { name: 'Search' });
await panel.getByRole('searchbox').fill(searched);
await panel.locator('mark').first().waitFor();
await panel.getByText(/messages?(,|$)/).waitFor();
await page.keyboard.press('ArrowDown');
await page.keyboard.press('Enter');
await page.locator('[data-lit]').waitFor();
const target = path.join(values.out, 'search.png');
await page.screenshot({ path: target, animations: 'disabled' });
console.log(target);
