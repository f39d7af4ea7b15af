/**
 * Takes docs/images/announcement.png: the scene of scene.ts with announcements over it, and beside them how far the gravest has come.
 *
 *   node clients/web/screenshot-announcement.ts [--out FOLDER]
 *
 * The browser is CHROMIUM_PATH or --chromium, else /usr/bin/chromium.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { people, viewer } from './scene.ts';
import { chromiumFlags } from './stage/browser.ts';
import { openHub } from './stage/hub.ts';
import { openAdmin, playScene } from './stage/play.ts';

const root = path.join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: path.join(root, 'docs/images') },
    chromium: { type: 'string', default: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' },
  },
});

await using hub = await openHub(root);
await using scene = await playScene(hub);
await using admin = await openAdmin(hub, 'noor-admin', '--name', people.noor);
const say = (key: string, text: string, level: 'info' | 'warning' | 'critical', requireAck = false) =>
  admin.call('announce:send', { key, text, level, requireAck, audience: { rooms: [scene.room] } });
await say('mint', 'Fresh mint on the roof. Take some home before Saturday.', 'info');
await say(
  'rain',
  '**Showers from eight.** Whoever is at the gate takes an umbrella from the van.',
  'warning',
  true,
);

await using browser = await chromium.launch({ executablePath: values.chromium, args: chromiumFlags });
const look = { deviceScaleFactor: 2, locale: 'en-GB', timezoneId: 'UTC' };
const page = await browser.newPage({ ...look, viewport: { width: 1440, height: 900 } });
const { email, password } = scene.account(viewer);
await page.goto(`${hub.url}/#/room/${scene.room}`);
await page.getByLabel('E-mail').fill(email);
await page.getByLabel('Password').fill(password);
await page.getByRole('button', { name: 'Sign in' }).click();
await page.getByRole('region', { name: 'Announcements' }).getByText('Showers from eight').waitFor();
await say(
  'drill',
  'At **eleven** we practise leaving the house: everybody out by the north door, bags stay where they are. Please say that you have read this.',
  'critical',
  true,
);
await page.getByRole('alertdialog').getByText('north door').waitFor();
await mkdir(values.out, { recursive: true });
const target = path.join(values.out, 'announcement.png');
await page.screenshot({ path: target, animations: 'disabled' });
console.log(target);
