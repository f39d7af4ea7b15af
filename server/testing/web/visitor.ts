// Somebody with a browser of their own: comes in, writes, looks, and notes whatever the page complains about.
import type { Browser, Locator, Page } from 'playwright-core';

export interface Visitor {
  readonly page: Page;
  /** Errors and warnings on the console, uncaught errors, breaches of the content security policy, dialogs that opened. */
  readonly complaints: string[];
  /** Goes to a room, and in, if it is not theirs yet. */
  goTo(room: string): Promise<void>;
  say(text: string): Promise<void>;
  /** A message in the list of the room. */
  message(text: string): Locator;
  /** Does something, and waits until that has lit a message up: begun before, since the light goes out by itself. */
  lights(text: string, action: () => Promise<void>): Promise<void>;
  /** Waits until the hub has a message of theirs. */
  sent(text: string): Promise<void>;
}

/** Milliseconds; a machine that is busy with other tests must not look like a fault. */
const PATIENCE = 30_000;

export async function openVisitor(browser: Browser, options = {}): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints = await listen(page);
  const composer = page.locator('#composer');
  const message = (text: string) => page.getByTestId('messages').locator('article', { hasText: text });
  return {
    page,
    complaints,
    message,
    async goTo(room) {
      await page.evaluate(hash => {
        location.hash = hash;
      }, `#/room/${room}`);
      const join = page.getByRole('button', { name: 'Join this room' });
      await join.or(composer).first().waitFor();
      if (await join.isVisible()) await join.click();
      await page.locator(`#composer[data-place="${room}"]`).waitFor();
    },
    async say(text) {
      await composer.fill(text);
      await composer.press('Enter');
    },
    async lights(text, action) {
      const shows = (text: string) => document.querySelector('[data-lit]')?.textContent?.includes(text);
      await Promise.all([page.waitForFunction(shows, text), action()]);
    },
    sent: text => message(text).and(page.locator(':not([data-state])')).waitFor(),
  };
}

async function listen(page: Page): Promise<string[]> {
  const complaints: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(`uncaught: ${error.message}`));
  page.on('dialog', async dialog => {
    complaints.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  // A breach may be reported without a word on the console.
  await page.exposeFunction('noteBreach', (breach: string) => void complaints.push(`csp: ${breach}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', event => {
      const { noteBreach } = window as unknown as { noteBreach(breach: string): void };
      noteBreach(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  return complaints;
}

/** Makes an account. */
export async function register(page: Page, name: string, email: string): Promise<void> {
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill('a long enough password');
  await page.getByRole('button', { name: 'Create account' }).click();
  await signedIn(page);
}

/** Comes in with a name alone. */
export async function visit(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Come in as a guest' }).click();
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Come in', exact: true }).click();
  await signedIn(page);
}

const signedIn = (page: Page) => page.locator('.shell').waitFor();

export interface Place {
  /** Of the first message that shows whole. */
  text: string;
  /** Its distance from the upper edge of the list, in pixels. */
  top: number;
}

/** Where a list of messages stands, once it has come to rest. */
export const placeOf = (page: Page): Promise<Place> =>
  page.getByTestId('messages').evaluate(async box => {
    const look = () => {
      const edge = box.getBoundingClientRect().top;
      const first = [...box.querySelectorAll('article')].find(
        article => article.getBoundingClientRect().top >= edge,
      );
      const top = first ? Math.round(first.getBoundingClientRect().top - edge) : 0;
      return { text: first?.querySelector('.prose')?.textContent ?? '', top };
    };
    let place = look();
    for (let same = 0; same < 15; ) {
      await new Promise(resolve => requestAnimationFrame(resolve));
      const next = look();
      same = next.text === place.text && next.top === place.top ? same + 1 : 0;
      place = next;
    }
    return place;
  });
