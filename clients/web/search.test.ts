// time limit: 300 s
// Searching in the web client, by keyboard and by pointer, in a real Chromium against a real hub.
// takes: 35 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../server/testing/until.ts';
import { chromiumPath, type House, openHouse, send } from '../../server/testing/web/house.ts';
import { findNameless } from '../../server/testing/web/names.ts';

const test = suite('web client, search');
let house: House;

test.before(async () => {
  house = await openHouse({ pollMs: 300 });
});
test.after(async () => house?.[Symbol.asyncDispose]());

test('Ctrl+K, type, arrow down, Enter: the message is on the screen, in its room and lit up', async () => {
  const host = await house.member('Jo');
  const [here, there] = [await house.room(host, 'Here'), await house.room(host, 'The library')];
  await send(host, there, 'The <b>quarterly</b> report lies on the *long* table');
  for (let n = 0; n < 30; n++) await send(host, there, `something else ${n}`);
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await ada.goTo(there);
  await ada.goTo(here);
  await until(async () => (await host.call('search', { query: 'quarterly' })).total === 1);

  await page.keyboard.press('Control+k');
  const panel = page.getByRole('complementary', { name: 'Search' });
  const field = panel.getByRole('searchbox', { name: 'Search in all your rooms' });
  await field.waitFor();
  assert.equal(await findNameless(page), [], 'hints');
  await page.keyboard.type('quartely report');
  const hit = panel.getByRole('button', { name: /The library.*Jo.*quarterly/s });
  await hit.waitFor();
  assert.equal(await hit.locator('mark').allTextContents(), ['quarterly', 'report']);
  assert.equal(await findNameless(page), [], 'results');
  await page.keyboard.press('ArrowDown');
  await ada.lights('report lies on', () => page.keyboard.press('Enter'));
  await page.getByRole('heading', { name: 'The library', level: 1 }).waitFor();
  await hit.waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Search', exact: false }).first().click();
  await field.fill('on:tomorrowish');
  await panel.getByRole('alert').getByText('on: takes a day').waitFor();
  await field.fill('unheardof');
  await panel.getByText('Nothing of this was said in your rooms').waitFor();
  await field.fill('');
  await panel.getByRole('button', { name: 'from:me' }).click();
  assert.is(await field.inputValue(), 'from:me ');
  assert.equal(ada.complaints, []);
});

test('a slash opens it unless one is typing; what lies far back is shown with what was said around it', async () => {
  const host = await house.member('Kim');
  const room = await house.room(host, 'Long ago');
  await send(host, room, 'the wombat appears');
  await send(host, room, 'and is seen by all');
  for (let n = 0; n < 1200; n += 100)
    await Promise.all(Array.from({ length: 100 }, (_, k) => send(host, room, `line ${n + k}`)));
  const ben = await house.newcomer('Ben');
  const { page } = ben;
  await ben.goTo(room);
  await until(async () => (await host.call('search', { query: 'wombat' })).total === 1);
  await page.locator('#composer').fill('');
  await page.locator('#composer').press('/');
  assert.is(await page.locator('#composer').inputValue(), '/');
  await page.locator('#composer').fill('');
  await page.getByRole('heading', { name: 'Long ago', level: 1 }).click();
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('/');
  await page.keyboard.type('wombat');
  await page.getByRole('button', { name: /the wombat appears/ }).click();
  const around = page.getByRole('region', { name: 'What was said around it' });
  await around.getByText('and is seen by all').waitFor();
  assert.equal(ben.complaints, []);
});

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
