// time limit: 300 s
// Hostile content in a real Chromium: what people write, are called, or name their rooms, stays text (attacks 21 and 22).
// takes: 31 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findDangers } from '../../server/testing/web/dangers.ts';
import { chromiumPath, type House, openHouse, send } from '../../server/testing/web/house.ts';
import { costlyTexts, hostileNames, hostileTexts, hostileTitles } from '../../server/testing/web/payloads.ts';

const test = suite('web client, hostile content');
let house: House;

test.before(async () => {
  house = await openHouse();
});
test.after(async () => house?.[Symbol.asyncDispose]());

test('texts, names, titles and topics that would be code are inert, and breach no policy', async () => {
  const [title, topic, ...titles] = hostileTitles;
  const host = await house.member('Ivo');
  const room = await house.room(host, title!, { topic });
  for (const other of titles) await house.room(host, other);
  const cast = await Promise.all(hostileNames.map((name, at) => house.member(name, `hostile-${at}`)));
  for (const one of cast) await one.call('room:join', { room });
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await ada.goTo(room);
  const react = (target: string) =>
    host.call('message:react', { room, target, id: crypto.randomUUID(), emoji: '"onload=pwned"', on: true });

  for (const [at, text] of hostileTexts.entries()) {
    const { id } = await send(cast[at % cast.length]!, room, text);
    await react(id);
    await page.locator(`[id="row-${id}"] .reaction`).waitFor();
    assert.equal(await findDangers(page), [], text);
  }
  const replied = await send(host, room, hostileTexts[1]!);
  await send(cast[0]!, room, hostileTexts[1]!, { replyTo: replied.id });
  await page.getByRole('button', { name: '1 reply' }).click();
  await page.getByRole('complementary', { name: 'Thread' }).locator('article').nth(1).waitFor();
  assert.equal(await findDangers(page), [], 'thread');
  for (const one of cast) one.socket.emit('typing', { room, on: true });
  await page.getByText('Several people are typing').waitFor();
  await page.getByRole('button', { name: /^People/ }).click();
  await page.getByRole('complementary', { name: 'People' }).getByText('__proto__').waitFor();
  await page.getByRole('button', { name: 'Browse rooms' }).click();
  await page.getByRole('dialog').getByText('javascript:').waitFor();
  assert.equal(await findDangers(page), [], 'panels');
  assert.equal(ada.complaints, []);
});

test('texts that are costly to read as Markdown do not hold the page up', async () => {
  await house.empty();
  const host = await house.member('Ivo');
  const room = await house.room(host, 'Costly');
  const ada = await house.newcomer('Ada');
  await ada.goTo(room);
  type Page = { longest(): number };
  await ada.page.evaluate(() => {
    const seen: number[] = [];
    const note = (tasks: PerformanceEntryList) => seen.push(...tasks.map(({ duration }) => duration));
    const observer = new PerformanceObserver(tasks => note(tasks.getEntries()));
    observer.observe({ type: 'longtask' });
    const longest = () => {
      note(observer.takeRecords());
      return Math.max(0, ...seen.splice(0));
    };
    Object.assign(window, { longest });
  });
  const longest = () => ada.page.evaluate(() => (window as unknown as Page).longest());
  const show = async (text: string) => {
    await longest();
    const { id } = await send(host, room, text);
    await ada.page.locator(`[id="row-${id}"]`).waitFor();
    return longest();
  };
  for (const text of costlyTexts) {
    // What is costly is costly each time; once it may be the machine.
    const took = [await show(text)];
    while ((took.at(-1) as number) >= 1000 && took.length < 3) took.push(await show(text));
    assert.ok(Math.min(...took) < 1000, `${text.slice(0, 12)}… takes ${took.join(', ')} ms`);
  }
  assert.equal(ada.complaints, []);
});

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
