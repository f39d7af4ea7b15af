// time limit: 300 s
// The web client in a real Chromium against a real hub: two people talk, and a reload or a broken connection loses nothing.
// takes: 64 s
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TestClient } from '../testing/client.ts';
import { until } from '../testing/until.ts';
import { chromiumPath, type House, openHouse, send } from '../testing/web/house.ts';
import { placeOf, type Visitor, visit } from '../testing/web/visitor.ts';

const test = suite('web client');
let house: House;

test.before(async () => {
  house = await openHouse();
});
test.after.each(() => house.empty());
test.after(async () => house?.[Symbol.asyncDispose]());

test('two people meet in a new room, talk, react, edit, and see each other type and come', async () => {
  const ada = await house.newcomer('Ada Lovelace');
  const ben = await house.newcomer('Ben');
  await ada.page.getByRole('button', { name: 'New room' }).first().click();
  await ada.page.getByLabel('Name').fill('Reading room');
  await ada.page.getByLabel(/^Topic/).fill('What we read');
  await ada.page.getByRole('button', { name: 'Create room' }).click();
  await ada.page.getByRole('heading', { name: 'Reading room', level: 1 }).waitFor();

  await ben.page.getByRole('button', { name: 'Browse rooms' }).first().click();
  await ben.page.getByRole('button', { name: /Reading room/ }).click();
  await ben.page.getByRole('heading', { name: 'Reading room', level: 1 }).waitFor();
  await ada.page.getByRole('button', { name: 'People, 2' }).click();
  await ada.page.getByRole('complementary', { name: 'People' }).locator('.presence-active').nth(1).waitFor();

  // It goes out by itself when he stops.
  await Promise.all([
    ada.page.getByText('Ben is typing').waitFor(),
    ben.page.locator('#composer').pressSequentially('Hello @ad'),
  ]);
  await ben.page.getByRole('option', { name: 'Ada Lovelace' }).waitFor();
  await ben.page.keyboard.press('Enter');
  await ben.page.keyboard.type('and **welcome**');
  await ben.page.keyboard.press('Enter');
  const hello = ada.message('welcome');
  await hello.locator('.mention-me', { hasText: '@Ada Lovelace' }).waitFor();
  assert.is(await hello.locator('strong', { hasText: 'welcome' }).count(), 1);
  await ben.sent('welcome');

  await hello.hover();
  await hello.getByRole('button', { name: 'React' }).click();
  await ada.page.getByRole('dialog', { name: 'React' }).getByRole('button', { name: 'heart' }).click();
  await ben
    .message('welcome')
    .getByRole('button', { name: /1: Ada Lovelace/ })
    .click();
  await hello.getByRole('button', { name: /2: you, Ben/ }).waitFor();

  await ben.page.locator('#composer').press('ArrowUp');
  await ben.page.getByLabel('Edit message').fill('Hello Ada, and welcome back');
  await ben.page.keyboard.press('Enter');
  await ada.message('welcome back').getByText('edited').waitFor();
  assert.equal([...ada.complaints, ...ben.complaints], []);
});

test('a thread opens at the right, its replies reach the other, and the talk keeps a note of them', async () => {
  const talker = await house.member('Cleo');
  const room = await house.room(talker, 'Threads');
  const first = await send(talker, room, 'Where shall we meet?');
  const ada = await house.newcomer('Ada');
  await ada.goTo(room);
  const question = ada.message('Where shall we meet?');
  await question.hover();
  await question.getByRole('button', { name: 'Reply in thread' }).click();
  const thread = ada.page.getByRole('complementary', { name: 'Thread' });
  await thread.getByText('Where shall we meet?').waitFor();
  await ada.page.keyboard.type('At the fountain');
  await ada.page.keyboard.press('Enter');
  await talker.until(() =>
    talker.events(room).some(({ data }) => 'replyTo' in data && data.replyTo === first.id),
  );
  await send(talker, room, 'At nine', { replyTo: first.id });
  await thread.locator('article', { hasText: 'At nine' }).waitFor();
  await question.getByRole('button', { name: '2 replies' }).waitFor();
  await ada.page.getByRole('button', { name: /Cleo in a thread: At nine and 1 more/ }).waitFor();
  await ada.page.keyboard.press('Escape');
  await thread.waitFor({ state: 'detached' });
  assert.equal(ada.complaints, []);
});

test('badges count what is unread and for whom; the line shows where it begins; reading clears both', async () => {
  const talker = await house.member('Dana');
  const here = await house.room(talker, 'Here');
  const there = await house.room(talker, 'There');
  const eve = await house.newcomer('Eve');
  await eve.goTo(there);
  await eve.goTo(here);
  for (const text of ['one', 'two', 'three for @Eve']) await send(talker, there, text);
  const link = eve.page.getByRole('link', { name: /There.*3 unread, 1 for you/ });
  await link.waitFor();
  await eve.page.waitForFunction(() => document.title.startsWith('(3) Here'));
  await link.click();
  await eve.page.getByText('New messages', { exact: true }).waitFor();
  await eve.page.waitForFunction(() => document.title.startsWith('There'));
  await eve.page.getByRole('link', { name: /^There$/ }).waitFor();
  assert.equal(eve.complaints, []);
});

test('a reload keeps the session, the place in a long talk, the draft, and what could not be sent (I1, I3)', async () => {
  const talker = await house.member('Finn');
  const room = await house.room(talker, 'Long talk');
  for (let at = 1; at <= 160; at++) await send(talker, room, `line ${at} ${'and more '.repeat(at % 9)}`);
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await ada.goTo(room);
  await ada.say('I am here');
  await ada.sent('I am here');
  await until(async () => (await fromEnd(page)) < 2, 'it sticks to the newest');

  await backTo(page, 'line 70 ');
  await page.getByRole('button', { name: 'Jump to newest' }).waitFor();
  const place = await placeOf(page);
  await send(talker, room, 'meanwhile');
  await page.getByRole('button', { name: '1 new message' }).waitFor();
  assert.equal(await placeOf(page), place, 'a new message moves nothing');

  await page.locator('#composer').fill('half a thought');
  house.gate.shut();
  await page.getByText('Reconnecting…').waitFor();
  await page.locator('#composer').fill('written in the dark');
  await page.locator('#composer').press('Enter');
  await page.locator('article[data-state=pending]', { hasText: 'written in the dark' }).waitFor();
  await page.locator('#composer').fill('half a thought');
  await page.reload();
  await page.locator('article[data-state=pending]', { hasText: 'written in the dark' }).waitFor();
  assert.is(await page.locator('#composer').inputValue(), 'half a thought');
  house.gate.open();
  await ada.sent('written in the dark');
  await talker.until(() => texts(talker, room).includes('written in the dark'));
  assert.is(texts(talker, room).filter(text => text === 'written in the dark').length, 1);

  await backTo(page, 'line 70 ');
  const kept = await placeOf(page);
  await page.reload();
  await page.locator('article', { hasText: kept.text }).waitFor();
  await until(
    async () => JSON.stringify(await placeOf(page)) === JSON.stringify(kept),
    'the same line at the same height',
  );

  assert.equal(offline(ada), []);
});

test('after a broken connection one is told how much was said meanwhile', async () => {
  const talker = await house.member('Gus');
  const room = await house.room(talker, 'Gap');
  const ada = await house.newcomer('Ada');
  await ada.goTo(room);
  await ada.say('I am here');
  await ada.sent('I am here');
  house.gate.shut();
  await ada.page.getByText('Reconnecting…').waitFor();
  for (const text of ['one', 'two', 'three']) await send(talker, room, text);
  house.gate.open();
  await ada.page.getByText('3 messages while you were away').waitFor();
  await ada.message('three').waitFor();
  assert.equal(offline(ada), []);
});

test('what the hub refuses is said, and can be sent again or let go', async () => {
  const owner = await house.member('Hana');
  const room = await house.room(owner, 'Quiet');
  const ada = await house.newcomer('Ada');
  await ada.goTo(room);
  await owner.until(() => owner.events(room).some(({ type }) => type === 'member.joined'));
  const her = owner.events(room).find(({ type }) => type === 'member.joined')!.by;
  await owner.call('member:mute', { room, user: her });
  await ada.say('may I?');
  await ada.page.getByText('Not sent. You are muted in this room.').waitFor();
  await owner.call('member:mute', { room, user: her, until: null });
  await ada.page.getByRole('button', { name: 'Retry' }).click();
  await ada.sent('may I?');
  await owner.call('member:mute', { room, user: her });
  await ada.say('and this?');
  await ada.page.getByRole('button', { name: 'Discard' }).click();
  await ada.message('and this?').waitFor({ state: 'detached' });
  await owner.call('member:remove', { room, user: her });
  await ada.page.getByText('You are no longer in Quiet.').waitFor();
  assert.equal(ada.complaints, []);
});

test('the door says what is wrong, lets guests in, and opens to a one-time link', async () => {
  const ada = await house.visitor();
  const { page } = ada;
  await page.getByLabel('E-mail').fill('nobody@example.org');
  await page.getByLabel('Password').fill('not the right one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('The e-mail address or the password is wrong.').waitFor();
  await visit(page, 'Passer-by');
  await page.getByRole('button', { name: /^Passer-by/ }).click();
  await page
    .getByRole('menuitem', { name: /Sign out/ })
    .or(page.getByRole('menuitemradio', { name: /Sign out/ }))
    .click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();

  const secret = await house.hub.people.makeLink({ id: 'admin', name: 'Admin', role: 'admin' });
  await page.goto('about:blank');
  await page.goto(`${house.gate.url}/#signin=${secret}`);
  await page.getByRole('heading', { name: /Good to see you, Admin/ }).waitFor();
  assert.not.match(page.url(), /signin/);
  // The browser itself writes refused requests to the console.
  assert.equal(
    ada.complaints.filter(text => !text.includes('401')),
    [],
  );
});

const texts = (client: TestClient, room: string) =>
  client.events(room).flatMap(event => (event.type === 'message.created' ? [event.data.text] : []));

/** Complaints but for those of the browser about sockets that we broke. */
const offline = ({ complaints }: Visitor) =>
  complaints.filter(text => !text.includes('WebSocket connection to'));

/** Scrolls back with the wheel, and looks after each turn: more turns than the page has drawn would go past it. */
async function backTo(page: Page, text: string): Promise<void> {
  const box = page.getByTestId('messages');
  await box.hover();
  while ((await page.getByText(text).count()) === 0) {
    const before = await box.evaluate(({ scrollTop }) => scrollTop);
    await page.mouse.wheel(0, -400);
    await until(async () => (await box.evaluate(({ scrollTop }) => scrollTop)) !== before, 'it scrolled');
    await placeOf(page);
  }
}

const fromEnd = (page: Page) =>
  page.getByTestId('messages').evaluate(box => box.scrollHeight - box.clientHeight - box.scrollTop);

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
