// time limit: 300 s
// What the web client shows of somebody whom a service outside speaks of, and how it explains it to them.
// takes: 11 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTestVendor } from '../../server/testing/vendor.ts';
import { chromiumPath, type House, openHouse } from '../../server/testing/web/house.ts';
import { findNameless } from '../../server/testing/web/names.ts';

const test = suite('web client, presence');
const slack = createTestVendor('slack');
let house: House;

test.before(async () => {
  house = await openHouse({ integrations: [slack] });
});
test.after(async () => house?.[Symbol.asyncDispose]());

test('a huddle shows beside the name, and "Why?" names every claim and the one that counts', async () => {
  const host = await house.member('Jo');
  const room = await house.room(host, 'Huddles');
  const { page, goTo, complaints } = await house.newcomer('Ada', { timezoneId: 'Asia/Tokyo' });
  await goTo(room);
  await host.until(() =>
    host.events(room).some(event => event.type === 'member.joined' && event.data.name === 'Ada'),
  );
  const ada = host.events(room).find(event => event.type === 'member.joined' && event.data.name === 'Ada')
    ?.by as string;
  const until = Date.now() + 3_600_000;
  // She is in Tokyo: the time is told by the clock of who reads.
  const local = await page.evaluate(ms => new Date(ms).toTimeString().slice(0, 5), until);
  await page.getByRole('button', { name: /^Ada, Active/ }).waitFor();
  const admin = { id: 'root', name: 'Root', role: 'admin' } as const;
  await house.hub.hub.links.set(admin, { vendor: 'slack', id: 'U-ADA', user: ada });
  slack.court?.claim('U-ADA', 'huddle', { status: 'busy', text: 'In a huddle', until });

  await page.getByRole('button', { name: /^Ada, Do not disturb/ }).click();
  await page.getByRole('menuitemradio', { name: /^Why\?/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Why am I shown like this?' });
  const claims = dialog.getByRole('listitem');
  await claims.nth(1).waitFor();
  const texts = await claims.allInnerTexts();
  assert.is(texts.length, 2);
  assert.match(texts[0] ?? '', new RegExp(`Slack: busy\\s+counts\\s+In a huddle until ${local}`));
  assert.match(
    texts[1] ?? '',
    /A device: active\s+Outranked by slack \(huddle\): busy comes before active\./,
  );
  assert.equal(await findNameless(page), []);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(complaints, []);
});

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
