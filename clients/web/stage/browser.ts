// The browser that looks at the web client: without a screen, talking to nobody but the hub, always with the same window, tongue and clock.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';

export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

export const root = path.join(import.meta.dirname, '../../..');

/** What every script that takes pictures is told by: where to, and which browser. */
export const pictureOptions = {
  out: { type: 'string', default: path.join(root, 'docs/images') },
  chromium: { type: 'string', default: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' },
} as const;

export const pictureArguments = () => parseArgs({ options: pictureOptions }).values;

export const openBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: chromiumFlags });

export interface Account {
  email: string;
  password: string;
}

/** A page as the pictures have it, with somebody signed in, at `hash`. */
export async function signedIn(
  browser: Browser,
  url: string,
  hash: string,
  account: Account,
  timezoneId = 'UTC',
): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 2,
    locale: 'en-GB',
    timezoneId,
  });
  await page.goto(`${url}/${hash}`);
  await page.getByLabel('E-mail').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return page;
}

/** One picture; the pointer rests where it lights up nothing. */
export async function take(page: Page, colorScheme: 'light' | 'dark', target: string): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.mouse.move(720, 30);
  await page.screenshot({ path: target, animations: 'disabled' });
  console.log(target);
}
