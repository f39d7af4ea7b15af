// time limit: 300 s
// The recap in real Chromium: asked for from the line of new messages, each claim leads to its message, posted it stands among the others.
// takes: 36 s
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { firstLines, scripted } from '../../server/testing/summarizer.ts';
import { chromiumPath, type House, openHouse, send } from '../../server/testing/web/house.ts';
import { findNameless } from '../../server/testing/web/names.ts';

const test = suite('web client, recap');
let house: House;
let gate: PromiseWithResolvers<void>;

test.before(async () => {
  const writer = scripted(async function* (request, signal) {
    const claims = [...firstLines(request, 40)];
    yield claims[0]!;
    const over = new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
    await Promise.race([gate.promise, over]);
    for (const claim of claims.slice(1)) yield claim;
  });
  // A quiet summary of the room would wait for the same gate, before the one that was asked for.
  house = await openHouse({ freeSummarizer: writer, env: { AI_LIVE_EVERY: '0' } });
});
test.before.each(() => {
  gate = Promise.withResolvers();
});
test.after(async () => house?.[Symbol.asyncDispose]());

/** A message, that is, and not a list or a card with the same words in it. */
const hasFocus = (page: Page, text: string) =>
  page.waitForFunction(
    text =>
      document.activeElement?.matches('article') &&
      document.activeElement.querySelector('.prose')?.textContent?.startsWith(text),
    text,
  );

test('Summarize at the line of new messages: claims stream in, a source leads to its message, by mouse and by keyboard', async () => {
  const host = await house.member('Jo');
  const room = await house.room(host, 'Recaps');
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await ada.goTo(room);
  await page.goto('about:blank');
  for (let n = 0; n < 60; n++) await send(host, room, `point ${n}, which is **${n}**`);
  await page.goto(`${house.gate.url}/#/room/${room}`);
  await page.getByRole('button', { name: 'Summarize' }).first().click();
  const panel = page.getByRole('complementary', { name: 'Recap' });
  await panel.getByText('Jo said: point 0').waitFor();
  await panel.getByText('Writing').waitFor();
  assert.equal(await findNameless(page), []);
  gate.resolve();
  await panel.getByText('Extracted without a model').waitFor();
  const claims = panel.getByRole('listitem');
  assert.is(await claims.count(), 40);
  assert.is(await panel.getByRole('status').first().textContent(), 'The recap is ready: 40 points.');
  const source = panel.getByRole('button', { name: 'Source 2: point 1, which is' });
  await source.focus();
  await ada.lights('point 1, which is 1', () => page.keyboard.press('Enter'));
  await hasFocus(page, 'point 1, which is 1');
  await panel.getByRole('button', { name: 'Source 39: point 38' }).click();
  await hasFocus(page, 'point 38, which is');

  await panel.getByRole('button', { name: 'Post to room' }).click();
  await panel.getByText('Posted to the room.').waitFor();
  const card = page.getByTestId('messages').getByRole('region', { name: 'Recap' });
  const again = card.getByRole('button', { name: 'Source 4: point 3' });
  await again.scrollIntoViewIfNeeded();
  // A list that moves, as a busy room's does, still takes clicks.
  await page.getByTestId('messages').evaluate(list => {
    let moving = true;
    // As under a finger: the end of each small step is not the end of the movement.
    addEventListener('scrollend', event => moving && event.stopImmediatePropagation(), { capture: true });
    list.addEventListener('click', () => (moving = false), { once: true, capture: true });
    const move = (by: number) => {
      list.scrollTop += by;
      if (moving) requestAnimationFrame(() => move(-by));
    };
    move(1);
  });
  const { x = 0, y = 0, width = 0, height = 0 } = (await again.boundingBox()) ?? {};
  await page.mouse.click(x + width / 2, y + height / 2, { delay: 60 });
  await hasFocus(page, 'point 3, which is');
  assert.equal(ada.complaints, []);
});

test('styles, a question, cancel, and what went wrong', async () => {
  const host = await house.member('Jo');
  const room = await house.room(host, 'Styles');
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await ada.goTo(room);
  await send(host, room, 'We take the blue one.');
  await page.getByRole('button', { name: 'Recap', exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'Recap' });
  await panel.getByLabel('Of').selectOption('Everything');
  await panel.getByText('Jo said: We take the blue one.').waitFor();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await panel.getByRole('alert').getByText('This summary was cancelled.').waitFor();
  gate.resolve();
  await panel.getByLabel('Question').fill('Which one?');
  await panel.getByRole('button', { name: 'Ask' }).click();
  await panel.getByText('Extracted without a model').waitFor();
  await panel.getByRole('tab', { name: 'Brief' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.activeElement?.textContent === 'Decisions');
  await panel.getByText('Extracted without a model').waitFor();
  await host.call('room:update', { room, ai: false });
  await panel.getByText('Summaries are turned off in this room.').waitFor();
  await page.getByRole('button', { name: 'Recap', exact: true }).waitFor({ state: 'detached' });
  assert.equal(ada.complaints, []);
});

test('the owner turns summaries off and on for everybody', async () => {
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await page.getByRole('button', { name: 'New room' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New room' });
  await dialog.getByLabel('Name').fill('Mine alone');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('button', { name: 'Recap', exact: true }).waitFor();
  for (const [item, state] of [
    ['Turn summaries off', 'detached'],
    ['Turn summaries on', 'visible'],
  ] as const) {
    await page.getByRole('button', { name: 'More about this room' }).click();
    await page.getByRole('menuitem', { name: item }).click();
    await page.getByRole('button', { name: 'Recap', exact: true }).waitFor({ state });
  }
  assert.equal(ada.complaints, []);
});

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
