// A picture of the demo, as somebody sees it who follows its link.
import { chromium } from 'playwright-core';
import { chromiumFlags } from '../../clients/web/stage/browser.ts';
import { findChromium } from '../lib/programs.mjs';

/** What must be on the screen before: one reason from each service. */
const REASONS = [/In a meeting until/, /In a huddle/, /fountain court \(Gather\)/, /Lunch by the river/];

/** Milliseconds for each thing to come. */
const PATIENCE = 60_000;

/** @throws Error when there is no Chromium, or what the demo shows does not come */
export async function takePicture(link: string, file: string): Promise<void> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('There is no Chromium here: install it, or set CHROMIUM_PATH.');
  await using browser = await chromium.launch({ executablePath, args: chromiumFlags });
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 2,
    locale: 'en-GB',
  });
  page.setDefaultTimeout(PATIENCE);
  await page.goto(link);
  const people = page.getByRole('complementary', { name: 'People' });
  for (const reason of REASONS) await people.getByText(reason).first().waitFor();
  const newer = page.getByRole('button', { name: /new messages?/ });
  await newer.click();
  await page.locator('.message').getByText('second mill').waitFor();
  await page.getByText('is typing').waitFor();
  // The pointer rests where it lights up nothing.
  await page.mouse.move(720, 30);
  await page.screenshot({ path: file, animations: 'disabled' });
}
