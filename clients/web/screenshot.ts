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
import { searched, viewer } from './scene.ts';
import { openBrowser, pictureOptions, root, signedIn, take } from './stage/browser.ts';
import { openHub } from './stage/hub.ts';
import { playScene } from './stage/play.ts';

const { values } = parseArgs({ options: { ...pictureOptions, url: { type: 'string' } } });

await using hub = await openHub(root, values.url);
await using scene = await playScene(hub);
await using browser = await openBrowser(values.chromium);
const page = await signedIn(
  browser,
  hub.url,
  `#/room/${scene.room}/thread/${scene.thread}`,
  scene.account(viewer),
);
await page.getByRole('complementary', { name: 'Thread' }).getByText(scene.lastReply).waitFor();
await page.getByText('New messages', { exact: true }).waitFor();
scene.typing(true);
await page.getByText('is typing').waitFor();
await mkdir(values.out, { recursive: true });
// In one go, since what is unread is read by then.
await take(page, 'light', path.join(values.out, 'web.png'));
await take(page, 'dark', path.join(values.out, 'web-dark.png'));

await page.emulateMedia({ colorScheme: 'light' });
await page.keyboard.press('Control+k');
const panel = page.getByRole('complementary', { name: 'Search' });
await panel.getByRole('searchbox').fill(searched);
await panel.locator('mark').first().waitFor();
await panel.getByText(/messages?(,|$)/).waitFor();
await page.keyboard.press('ArrowDown');
await page.keyboard.press('Enter');
await page.locator('[data-lit]').waitFor();
await take(page, 'light', path.join(values.out, 'search.png'));
