// time limit: 300 s
// The web client by keyboard and by ear: regions, arrow keys, names of all controls, a sentence for each new message.
// takes: 15 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chromiumPath, type House, openHouse, send } from '../../server/testing/web/house.ts';
import { findNameless } from '../../server/testing/web/names.ts';

const test = suite('web client, keyboard and names');
let house: House;

test.before(async () => {
  house = await openHouse();
});
test.after(async () => house?.[Symbol.asyncDispose]());

test('everything can be reached by keyboard and has a name, in light and dark, wide and narrow', async () => {
  const host = await house.member('Jo');
  const room = await house.room(host, 'Keys');
  const first = await send(host, room, 'first');
  await send(host, room, 'answer', { replyTo: first.id });
  await send(host, room, 'last [link](https://example.org) - [x] done');
  const ada = await house.newcomer('Ada', { colorScheme: 'dark', viewport: { width: 380, height: 720 } });
  const { page } = ada;
  const check = async (where: string) => assert.equal(await findNameless(page), [], where);
  await check('welcome');
  await ada.goTo(room);
  await ada.message('last').waitFor();
  await check('room');
  assert.is(await page.evaluate(() => document.documentElement.scrollWidth), 380, 'fits a small screen');
  await page.getByRole('button', { name: 'Open the room list' }).click();
  await page.getByRole('link', { name: 'Keys' }).waitFor();
  await check('drawer');
  await page.getByRole('button', { name: 'Close the room list' }).click({ position: { x: 370, y: 300 } });

  await page.setViewportSize({ width: 1280, height: 800 });
  const focused = () => page.evaluate(() => document.activeElement?.closest('[data-region]')?.className);
  await page.locator('#composer').focus();
  const regions: (string | undefined)[] = [];
  for (let step = 0; step < 3; step++) {
    await page.keyboard.press(step === 1 ? 'Control+F6' : 'F6');
    regions.push(await focused());
  }
  assert.equal(regions, ['sidebar', 'timeline', 'room-foot']);
  await page.keyboard.press('Shift+F6');
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /last/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /first/);
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Thread' }).getByText('answer').waitFor();
  await check('thread');
  await page.keyboard.press('Escape');
  for (const name of ['Browse rooms', 'New room']) {
    await page.getByRole('button', { name }).first().click();
    await page.getByRole('dialog', { name }).waitFor();
    await check(name);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name }).waitFor({ state: 'detached' });
  }
  await page.getByRole('button', { name: /^Ada, / }).click();
  await page.getByRole('menu').waitFor();
  await check('status');
  await page.keyboard.press('Escape');
  await send(host, room, 'Read **this** aloud');
  await page.locator('[aria-live=polite]', { hasText: 'Jo: Read this aloud' }).waitFor({ state: 'attached' });
  assert.equal(ada.complaints, []);
});

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
