// time limit: 300 s
// Bots in real Chromium: commands are offered and answered for one person alone, a message that a bot writes grows where it will stand, and webhooks are
// made by who owns the room.
// takes: 29 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connect } from '../../server/testing/client.ts';
import { chromiumPath, type House, openHouse, send } from '../../server/testing/web/house.ts';
import { findNameless } from '../../server/testing/web/names.ts';
import { openWebhookReceiver } from '../../server/testing/webhooks/receiver.ts';

const test = suite('web client, bots');
let house: House;

test.before(async () => {
  house = await openHouse({ env: { PRIVATE_TARGETS: '127.0.0.1' } });
});
test.after(async () => house?.[Symbol.asyncDispose]());

test('a command by keyboard, its answer for one person alone; then a message that grows and is sent', async () => {
  const host = await house.member('Jo');
  const room = await house.room(host, 'Bots');
  await using bot = await connect(house.hub.url, {
    token: await house.hub.token('menu', { role: 'bot', name: 'Menu' }),
  });
  await bot.call('room:join', { room });
  const commands = [
    { name: 'lunch', description: 'What there is to eat', usage: '[day]' },
    { name: 'silent', description: 'Says nothing' },
  ];
  await bot.call('command:register', { commands });
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await ada.goTo(room);

  const composer = page.locator('#composer');
  await composer.pressSequentially('/');
  const offers = page.getByRole('listbox', { name: 'Commands' });
  await offers.getByRole('option', { name: '/lunch' }).waitFor();
  assert.is(await offers.getByRole('option').count(), 2);
  assert.equal(await findNameless(page), []);
  await composer.pressSequentially('lu');
  await page.keyboard.press('Tab');
  assert.is(await composer.inputValue(), '/lunch ');
  await composer.pressSequentially('friday');
  await page.keyboard.press('Enter');
  assert.is(await composer.inputValue(), '');
  const push = await bot.push('command');
  assert.equal([push.command, push.text, push.name], ['lunch', 'friday', 'Ada']);
  await bot.call('command:ack', { id: push.id, text: 'There is **soup**' });
  const whispers = page.getByRole('log', { name: 'Answers that only you see' });
  await whispers.getByText('Only you see this').waitFor();
  assert.is(await whispers.locator('strong', { hasText: 'soup' }).count(), 1);
  assert.equal(await findNameless(page), []);
  await bot.call('command:respond', { id: push.id, text: 'and bread' });
  await whispers.getByText('and bread').waitFor();
  for (const left of [1, 0]) {
    await whispers.getByRole('button', { name: 'Put away' }).first().click();
    await page.waitForFunction(count => document.querySelectorAll('.whisper').length === count, left);
  }

  await composer.fill('/silent');
  await page.keyboard.press('Enter');
  await whispers.getByText('is on its way').waitFor();
  await whispers.getByText('/silent did not answer within 3 seconds.').waitFor();
  // Names are offered as commands are, and commands nowhere but at the beginning.
  await composer.pressSequentially('tell /lu to @j');
  await page.getByRole('listbox', { name: 'People' }).getByRole('option', { name: 'Jo' }).waitFor();
  assert.is(await offers.count(), 0);
  await page.keyboard.press('Enter');
  assert.is(await composer.inputValue(), 'tell /lu to @Jo ');
  // What is no command is a message.
  await ada.say('/etc/hosts is a file');
  await ada.sent('/etc/hosts is a file');
  assert.is(host.events(room).filter(({ type }) => type === 'message.created').length, 1);

  const id = crypto.randomUUID();
  await bot.call('message:draft', { room, id, text: 'The soup' });
  const growing = page.locator('article[data-state="growing"]');
  await growing.getByText('The soup').waitFor();
  await bot.call('message:draft', { room, id, text: 'The soup is **hot**' });
  await growing.locator('strong', { hasText: 'hot' }).waitFor();
  assert.is(await growing.getByRole('button').count(), 0);
  await bot.call('message:send', { room, id, text: 'The soup is **hot**, and the bread is fresh' });
  await ada.sent('the bread is fresh');
  assert.is(await growing.count(), 0);
  assert.is(await ada.message('The soup').count(), 1);

  // One that is begun in a thread shows where its note will be, and goes with its bot's word.
  const { id: root } = await send(host, room, 'a question');
  await bot.call('message:draft', { room, id: crypto.randomUUID(), text: 'An answer', replyTo: root });
  const note = page.locator('.replies', { hasText: 'An answer' });
  await note.click();
  const thread = page.getByRole('complementary', { name: 'Thread' });
  await thread.locator('article[data-state="growing"]', { hasText: 'An answer' }).waitFor();
  assert.equal(ada.complaints, []);
});

test('webhooks: for who looks after the room alone; an address is shown once, one that hears is tried, renewed and removed', async () => {
  await using receiver = await openWebhookReceiver();
  const host = await house.member('Jo');
  const room = await house.room(host, 'Works');
  const olga = await house.newcomer('Olga');
  const { page } = olga;
  await olga.goTo(room);
  const menu = () => page.getByRole('button', { name: 'More about this room' }).click();
  await menu();
  await page.getByRole('menuitem', { name: 'Leave this room' }).waitFor();
  assert.is(await page.getByRole('menuitem', { name: 'Webhooks' }).count(), 0);
  await page.keyboard.press('Escape');
  const { members } = await host.call('room:join', { room });
  const user = (members as { user: string; name: string }[]).find(({ name }) => name === 'Olga')?.user;
  await host.call('member:role', { room, user, role: 'owner' });
  await menu();
  await page.getByRole('menuitem', { name: 'Webhooks' }).click();
  const dialog = page.getByRole('dialog', { name: 'Webhooks' });
  await dialog.getByText('None yet.').waitFor();

  await dialog.getByRole('tab', { name: 'New' }).click();
  await dialog.getByLabel('Name').fill('Deploys <b>');
  await dialog.getByRole('button', { name: 'Create webhook' }).click();
  const address = await dialog.getByLabel('this address is shown once').inputValue();
  const said = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"text": "It is live"}',
  });
  assert.is(said.status, 200);
  await dialog.getByRole('button', { name: 'I have it' }).click();

  await dialog.getByRole('tab', { name: 'New' }).click();
  await dialog.getByLabel('Name').fill('Archive');
  await dialog.getByRole('radio', { name: 'A program hears what happens' }).check();
  await dialog.getByRole('textbox', { name: 'Address' }).fill(`${receiver.url}/archive`);
  assert.equal(await findNameless(page), []);
  await dialog.getByRole('button', { name: 'Create webhook' }).click();
  assert.match(await dialog.getByLabel('this secret is shown once').inputValue(), /^whsec_/);
  const archive = dialog.getByRole('listitem', { name: 'Archive' });
  await archive.getByRole('button', { name: 'Try it' }).click();
  await archive.getByText(/It answered with 204 in \d+ ms\./).waitFor();
  receiver.faults.set('/archive', [500]);
  await archive.getByRole('button', { name: 'Try it' }).click();
  await archive.getByText('The receiver answered with 500.').waitFor();
  await archive.getByRole('button', { name: 'Renew…' }).click();
  await archive.getByRole('button', { name: 'Renew', exact: true }).click();
  await dialog.getByText('The old one signs too until').waitFor();
  assert.equal(await findNameless(page), []);
  await archive.getByRole('button', { name: 'Remove…' }).click();
  await archive.getByRole('button', { name: 'Remove', exact: true }).click();
  await archive.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByRole('main').getByText('It is live').waitFor();
  assert.equal(olga.complaints, []);
});

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
