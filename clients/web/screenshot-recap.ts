/**
 * Takes docs/images/recap.png and recap-dark.png: a real log of a help channel, somebody who comes back to 400 unread messages, their recap,
 * and the message behind one of its points.
 *
 *   node clients/web/screenshot-recap.ts [--log FILE] [--out FOLDER]
 *
 * The log is read from ../shared/data/irc and nothing of it is kept. The browser is CHROMIUM_PATH or --chromium, else /usr/bin/chromium.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '../js/index.ts';
import { openBrowser, pictureOptions, root, signedIn, take } from './stage/browser.ts';
import { openHub } from './stage/hub.ts';

const ROOM = 'ubuntu';
const DAY = '2008-12-11';
const UNREAD = 400;
const account = { email: 'mira@scene.example', password: 'mira in the courtyard' };

const { values } = parseArgs({
  options: {
    log: { type: 'string', default: path.join(root, '../shared/data/irc/2008-12-11_11.txt') },
    ...pictureOptions,
  },
});
if (!existsSync(values.log)) throw new Error(`${values.log} is not there: name a log with --log.`);

await using hub = await openHub(root);
const importLog = (...files: string[]) =>
  hub.court('import', '--format', 'irc', '--date', DAY, '--room', ROOM, '--title', 'Ubuntu help', ...files);
// The first part is there when she comes; the rest is said while she is away.
const folder = await mkdtemp(path.join(tmpdir(), 'first-court-recap-'));
try {
  const early = path.join(folder, 'early.txt');
  const lines = (await readFile(values.log, 'utf8')).split('\n');
  await writeFile(early, lines.slice(0, -UNREAD).join('\n'));
  await importLog(early);
} finally {
  await rm(folder, { recursive: true });
}
const registered = await fetch(`${hub.url}/api/auth/register`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ ...account, name: 'Mira Okafor' }),
});
const { accessToken } = (await registered.json()) as { accessToken: string };
{
  await using court = createClient({ url: hub.url, getToken: () => accessToken });
  await court.connect();
  await court.room(ROOM).join();
}
await importLog(values.log);

await using browser = await openBrowser(values.chromium);
const page = await signedIn(browser, hub.url, `#/room/${ROOM}`, account);
await page.locator('.pills').getByRole('button', { name: 'Summarize' }).click();
const panel = page.getByRole('complementary', { name: 'Recap' });
await panel.getByText('Extracted without a model').waitFor();
await mkdir(values.out, { recursive: true });
for (const [colorScheme, file] of [
  ['light', 'recap.png'],
  ['dark', 'recap-dark.png'],
] as const) {
  await page.emulateMedia({ colorScheme });
  await panel
    .getByRole('button', { name: /^Source 1:/ })
    .first()
    .click();
  await page.locator('[data-lit]').waitFor();
  await take(page, colorScheme, path.join(values.out, file));
}
