// time limit: 300 s
// Reports in real Chromium: a member reports a message, a moderator sees a badge and decides.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chromiumPath, type House, openHouse, send } from '../../server/testing/web/house.ts';
import { findNameless } from '../../server/testing/web/names.ts';

const test = suite('web client, reports');
let house: House;

test.before(async () => {
  house = await openHouse();
});
test.after(async () => house?.[Symbol.asyncDispose]());

test('a member reports a message; a moderator is told, mutes its author, and the message goes (attack 21)', async () => {
  const host = await house.member('Jo');
  const room = await house.room(host, 'Hall');
  const bob = await house.member('Bob');
  await bob.call('room:join', { room });
  await send(bob, room, 'Buy this <img src=x onerror=alert(1)>');
  const ada = await house.newcomer('Ada');
  await ada.goTo(room);
  const message = ada.page.getByRole('article').filter({ hasText: 'Buy this' });
  await message.hover();
  await message.getByRole('button', { name: 'Report…' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'Report this message' });
  await dialog.getByLabel('Spam or advertising').check();
  await dialog.getByLabel('What should they know').fill('Third time');
  assert.equal(await findNameless(ada.page), []);
  await dialog.getByRole('button', { name: 'Report', exact: true }).click();
  await ada.page
    .getByRole('dialog', { name: 'Thank you' })
    .getByText('The moderators will look at it')
    .waitFor();
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  assert.is(await ada.page.getByRole('button', { name: /^Reports/ }).count(), 0);

  const { users } = await host.call('user:get', {
    users: [(await host.call('report:list', {})).reports[0]?.voices[0]?.user ?? ''],
  });
  await host.call('member:role', { room, user: users[0]?.id, role: 'moderator' });
  await send(bob, room, 'Buy that');
  const two = (await host.call('messages:read', { room })).messages.at(-1);
  await host.call('report:send', { room, target: two?.id, id: crypto.randomUUID(), reason: 'other' });
  const { page } = ada;
  await page.reload({ waitUntil: 'commit' });
  await page.getByRole('button', { name: 'Reports 2 open' }).click();
  const panel = page.getByRole('dialog', { name: 'Reports' });
  const one = panel.getByRole('listitem', { name: 'Bob in Hall' }).filter({ hasText: 'Third time' });
  await one.getByText('<img src=x onerror=alert(1)>').waitFor();
  await one.getByLabel('What to do').selectOption({ label: 'Mute the author' });
  await one.getByLabel('For how long').selectOption({ label: 'for a day' });
  await one.getByLabel('Note for other moderators').fill('Enough');
  assert.equal(await findNameless(page), []);
  await one.getByRole('button', { name: 'Settle' }).click();
  await one.waitFor({ state: 'detached' });
  await panel.getByRole('listitem', { name: 'Bob in Hall' }).getByRole('button', { name: 'Settle' }).click();
  await panel.getByText('Nothing is reported.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('This message was deleted.').waitFor();
  assert.match(
    (await bob.refused('message:send', { room, id: crypto.randomUUID(), text: 'x' })).message,
    /muted/,
  );
  const { reports } = await host.call('report:list', { state: 'settled' });
  assert.equal(
    reports.map(({ state, note }) => [state, note]),
    [
      ['dismissed', undefined],
      ['muted', 'Enough'],
    ],
  );
  assert.equal(ada.complaints, []);
});

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
