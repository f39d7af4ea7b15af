// time limit: 300 s
// Files in real Chromium: dropped, pasted, waited for, shown; over an outage and a reload bit for bit; names that would be code stay names (attack 21).
// takes: 43 s
import { hash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makePng } from '../../server/testing/files/pictures.ts';
import { findDangers } from '../../server/testing/web/dangers.ts';
import { chromiumPath, type House, openHouse } from '../../server/testing/web/house.ts';
import { findNameless } from '../../server/testing/web/names.ts';
import { attack } from '../../server/testing/web/payloads.ts';
import type { File } from '../js/index.ts';

const test = suite('web client, files');
let house: House;

let folder: string;

test.before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'first-court-files-'));
  house = await openHouse();
});
test.after(async () => {
  await house?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** What the hub gives to somebody else of the room. */
async function stored(id: string, user: string): Promise<string> {
  const answer = await fetch(`${house.hub.url}/api/files/${id}`, {
    headers: { Authorization: `Bearer ${await house.hub.token(user)}` },
  });
  assert.is(answer.status, 200);
  return hash('sha256', Buffer.from(await answer.arrayBuffer()), 'hex');
}

/** Drags files over the room or, with `paste`, has them in the clipboard. */
const bring = (
  page: Page,
  how: 'dragenter' | 'drop' | 'paste',
  files: { name: string; type: string; base64: string }[],
) =>
  page.evaluate(
    ({ how, files }) => {
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of files)
        transfer.items.add(
          new File([Uint8Array.from(atob(base64), char => char.charCodeAt(0))], name, { type }),
        );
      const options = { bubbles: true, cancelable: true };
      const [where, event] =
        how === 'paste'
          ? ['#composer', new ClipboardEvent(how, { ...options, clipboardData: transfer })]
          : ['.timeline', new DragEvent(how, { ...options, dataTransfer: transfer })];
      document.querySelector(String(where))?.dispatchEvent(event as Event);
    },
    { how, files },
  );

/** How fast bytes leave the page, a second; -1: as fast as they can, 0: there is no network. */
async function openPace(page: Page): Promise<(bytesPerSecond: number) => Promise<void>> {
  const wire = await page.context().newCDPSession(page);
  await wire.send('Network.enable');
  return async bytesPerSecond => {
    const limits = { offline: bytesPerSecond === 0, latency: 0, downloadThroughput: -1 };
    await wire.send('Network.emulateNetworkConditions', { ...limits, uploadThroughput: bytesPerSecond });
  };
}

test('dropped and pasted, sent before they are there: the message goes when they are, and shows pictures; hostile names are inert', async () => {
  const host = await house.member('Jo');
  const room = await house.room(host, 'Files');
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await ada.goTo(room);
  const pace = await openPace(page);
  await pace(60_000);
  const picture = makePng(640, 400, deflateSync(Buffer.alloc(641 * 400)));
  const bytes = randomBytes(240_000);
  const name = `"><img src=x onerror=${attack}>.png`;
  const dropped = [
    { name, type: 'image/png', base64: picture.toString('base64') },
    { name: `<script>${attack}<\\script>.html`, type: 'text/html', base64: bytes.toString('base64') },
  ];
  await bring(page, 'dragenter', dropped);
  await page.getByText('Drop to attach in #Files').waitFor();
  await bring(page, 'drop', dropped);
  await page.locator('.drop-veil').waitFor({ state: 'detached' });
  await bring(page, 'paste', [{ name: 'image.png', type: 'image/png', base64: picture.toString('base64') }]);
  const chips = page.getByRole('list', { name: 'Attached files' }).getByRole('listitem');
  await chips.nth(2).waitFor();
  await page.locator('.chip[data-state=uploading]').first().waitFor();
  assert.equal(await findNameless(page), [], 'chips');
  await ada.say('');
  const held = page.getByRole('list', { name: 'Messages that wait for their files' });
  await held.getByText('Goes when the files are there.').waitFor();
  await host.push('file:progress', ({ state }) => state === 'uploading');
  await pace(-1);
  const row = page.locator('article', { has: page.locator('.pictures') });
  await row.and(page.locator(':not([data-state])')).waitFor();
  await held.waitFor({ state: 'detached' });
  const images = row.locator('.thumbnail img');
  await images.nth(1).waitFor();
  await page.waitForFunction(() => [...document.images].every(one => one.complete && one.naturalWidth > 0));
  assert.match((await images.first().getAttribute('alt')) ?? '', /onerror/);
  assert.equal(await findDangers(page), []);

  const sent = host.events(room).findLast(({ type }) => type === 'message.created');
  const files = (sent!.data as { files: File[] }).files;
  assert.equal(
    files.map(({ type, width }) => [type, width]),
    [
      ['image/png', 640],
      ['application/octet-stream', undefined],
      ['image/png', 640],
    ],
  );
  assert.is(await stored(files[1]!.id, 'jo'), hash('sha256', bytes, 'hex'));

  await row
    .getByRole('button', { name: /enlarge/ })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  const box = page.getByRole('dialog', { name: /^Picture / });
  await box.getByText('640 × 400').waitFor();
  assert.equal(await findNameless(page), [], 'picture');
  await page.keyboard.press('ArrowRight');
  await box.getByText('2 of 2').waitFor();
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.includes('enlarge'));

  await page.getByRole('button', { name: 'Files', exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'Files' });
  await panel.getByRole('listitem').nth(2).waitFor();
  await panel.getByLabel('Show').selectOption('Pictures');
  assert.is(await panel.getByRole('listitem').count(), 2);
  assert.equal(await findNameless(page), [], 'panel');
  await panel.getByTitle('Show the message').first().click();
  await page.locator('[data-lit]').waitFor();
  const saved = page.waitForEvent('download');
  await panel
    .getByRole('button', { name: /^Download/ })
    .first()
    .click();
  assert.is(await (await saved).failure(), null);
  assert.equal(await findDangers(page), [], 'panel');
  assert.equal(ada.complaints, []);
});

test('offline in the middle, then reloaded, then without its file: it goes on from what is there, bit for bit', async () => {
  await house.empty();
  const host = await house.member('Jo');
  const room = await house.room(host, 'Cuts');
  const ada = await house.newcomer('Ada');
  const { page } = ada;
  await ada.goTo(room);
  const offsets: number[] = [];
  page.on('request', request => {
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
  });
  const pace = await openPace(page);
  await pace(700_000);
  const bytes = randomBytes(4_000_000);
  const file = path.join(folder, 'notes.bin');
  const other = path.join(folder, 'other/notes.bin');
  await mkdir(path.dirname(other));
  await writeFile(file, bytes);
  await writeFile(other, bytes.subarray(1));
  await page.getByLabel('Files to attach').setInputFiles(file);
  const chip = page.locator('.chip');
  const until = async (count: number) => {
    while (offsets.filter(offset => offset > 0).length < count) await page.waitForEvent('request');
  };
  await until(1);
  await pace(0);
  await chip.and(page.locator('[data-state=waiting]')).waitFor();
  await pace(700_000);
  await until(2);

  offsets.length = 0;
  await page.reload();
  await chip.waitFor();
  await until(1);
  assert.ok(offsets[0]! > 0, 'not from the start');
  // As if it were too large to be kept.
  await page.evaluate(async () => {
    const open = indexedDB.open('first-court-uploads');
    await new Promise(resolve => open.addEventListener('success', resolve));
    const store = open.result.transaction('uploads', 'readwrite').objectStore('uploads');
    const all = store.getAll();
    await new Promise(resolve => all.addEventListener('success', resolve));
    for (const { blob: _, ...entry } of all.result) store.put(entry);
    await new Promise(resolve => store.transaction.addEventListener('complete', resolve));
    open.result.close();
  });
  await page.reload();
  await chip.getByText(/Choose it again to go on, \d+% is there/).waitFor();
  assert.equal(await findNameless(page), []);
  const again = chip.getByLabel('Choose notes.bin again');
  await again.and(page.locator('input')).setInputFiles(other);
  await chip.getByText(/This is another file/).waitFor();
  await pace(-1);
  await again.and(page.locator('input')).setInputFiles(file);
  await chip.and(page.locator('[data-state=done]')).waitFor();
  await ada.say('Here');
  await ada.sent('Here');
  const card = ada.message('Here').getByRole('button', { name: 'Download notes.bin, File, 4.0 MB' });
  await card.waitFor();
  await host.until(() => host.events(room).some(({ type }) => type === 'file.shared'));
  const shared = host.events(room).find(({ type }) => type === 'file.shared');
  assert.is(await stored(shared!.id, 'jo'), hash('sha256', bytes, 'hex'));
  assert.equal(
    ada.complaints.filter(text => !/ERR_INTERNET_DISCONNECTED|WebSocket/.test(text)),
    [],
  );
});

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
