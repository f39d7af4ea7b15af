// time limit: 300 s
// In a real Chromium: in by Google, over another site and back; a calendar and a drive connected; a link to a file sent with its name.
// takes: 30 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type GoogleSimulator, openGoogleSimulator } from '../../scripts/simulators/google/simulator.ts';
import { chromiumPath, type House, openHouse } from '../testing/web/house.ts';
import type { Visitor } from '../testing/web/visitor.ts';

const test = suite('google in the web client');
let google: GoogleSimulator;
let house: House;

test.before(async () => {
  google = await openGoogleSimulator();
  // By another name than the hub's, so that for the browser it is another site.
  const root = google.url.replace('127.0.0.1', 'localhost');
  house = await openHouse({ env: { GOOGLE_ROOT_URL: root, GOOGLE_CREDENTIALS: google.credentials.client } });
});
test.after.each(() => house.empty());
test.after(async () => {
  await house?.[Symbol.asyncDispose]();
  await google[Symbol.asyncDispose]();
});

/** At the hub itself: Google leads back there, and not to the gate. */
async function atTheDoor(): Promise<Visitor> {
  const visitor = await house.visitor();
  await visitor.page.goto(house.hub.url);
  await visitor.page.getByRole('link', { name: 'Continue with Google' }).waitFor();
  return visitor;
}

test('one comes in by Google, stays over a reload, and finds no trace of it in the address', async () => {
  google.addPerson('ada@example.com', { name: 'Ada Lovelace' });
  const { page, complaints } = await atTheDoor();
  await page.getByRole('link', { name: 'Continue with Google' }).click();
  await page.getByRole('link', { name: /Ada Lovelace/ }).click();
  await page.locator('.shell').waitFor();
  await page.getByRole('button', { name: /^Ada Lovelace, Active/ }).waitFor();
  assert.not.match(page.url(), /signed-in|code|state/);
  await page.reload();
  await page.getByRole('button', { name: /^Ada Lovelace, Active/ }).waitFor();
  assert.equal(complaints, []);
});

test('one who says no at Google is at the door again, with a sentence', async () => {
  const { page } = await atTheDoor();
  await page.getByRole('link', { name: 'Continue with Google' }).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByText('You have cancelled at Google.').waitFor();
  assert.not.match(page.url(), /google=/);
});

test('a link to a file goes with its name while Drive is connected, and nothing is fetched from there by who reads it', async () => {
  google.addPerson('ben@example.com', { name: 'Ben' });
  google.oauth.signedIn = 'ben@example.com';
  const { webViewLink: url } = google.addFile('ben@example.com', {
    id: '1aB2cD3eF4gH5iJ6kL7mN8oP9',
    name: 'Plan <img src=x> of the court',
    mimeType: 'application/vnd.google-apps.spreadsheet',
  });
  const ben = await atTheDoor();
  await ben.page.getByRole('link', { name: 'Continue with Google' }).click();
  await ben.page.locator('.shell').waitFor();
  await ben.page.getByRole('button', { name: /Change status/ }).click();
  await ben.page.getByRole('menuitemradio', { name: 'Connect Google' }).click();
  await ben.page.getByText('Google is connected').waitFor();

  const ada = await house.member('Ada');
  const room = await house.room(ada, 'Reading room');
  await ben.goTo(room);
  await ben.page.locator('#composer').fill(`The plan: ${url}`);
  await ben.page.locator('.composer').getByText('Plan <img src=x> of the court').waitFor();
  await ben.page.locator('#composer').press('Enter');
  const card = ben.message('The plan').getByRole('link', { name: /Plan <img src=x> of the court/ });
  await card.waitFor();
  assert.is(await card.getAttribute('href'), url);
  assert.is(await card.locator('.icon-sheet').count(), 1);
  assert.is(await ben.page.locator('.message img').count(), 0);

  const menu = () => ben.page.getByRole('button', { name: /Change status/ }).click();
  await menu();
  await ben.page.getByRole('menuitemradio', { name: 'Disconnect Google' }).click();
  await menu();
  await ben.page.getByRole('menuitemradio', { name: 'Connect Google' }).waitFor();
  assert.equal(ben.complaints, []);
});

if (chromiumPath) test.run();
else console.log('# skip there is no Chromium here: install it, or set CHROMIUM_PATH');
