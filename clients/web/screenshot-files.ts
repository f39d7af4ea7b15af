/**
 * Takes docs/images/files.png and files-dark.png: people of a small museum share pictures and papers, one upload is under way here and one
 * elsewhere, and all files of the room are listed at the right.
 *
 *   node clients/web/screenshot-files.ts [--out FOLDER]
 *
 * The browser is CHROMIUM_PATH or --chromium, else /usr/bin/chromium.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Court, createClient } from '../js/index.ts';
import type { people } from './scene.ts';
import { draw, drawings } from './stage/art.ts';
import { openBrowser, pictureArguments, root, signedIn, take } from './stage/browser.ts';
import { openHub } from './stage/hub.ts';
import { account, enter } from './stage/play.ts';

const values = pictureArguments();
const ROOM = 'opening-night';

await using stack = new AsyncDisposableStack();
const hub = stack.use(await openHub(root));
const browser = stack.use(await openBrowser(values.chromium));
const come = async (who: keyof typeof people): Promise<Court> => {
  const { accessToken } = await enter(hub.url, who);
  const court = stack.use(createClient({ url: hub.url, getToken: () => accessToken }));
  await court.connect();
  return court;
};
const [mira, aiko, ines, tomasz] = await Promise.all([
  come('mira'),
  come('aiko'),
  come('ines'),
  come('tomasz'),
]);
await mira.call('room:create', {
  id: ROOM,
  title: 'Opening night',
  topic: 'The courtyard exhibition, Saturday at five',
  kind: 'public',
});
for (const [id, title] of [
  ['atrium', 'Atrium'],
  ['front-desk', 'Front desk'],
  ['workshop', 'Workshop'],
  ['reading-circle', 'Reading circle'],
] as const)
  await mira.call('room:create', { id, title, kind: 'public' });
for (const court of [mira, aiko, ines, tomasz]) await court.room(ROOM).join();

async function share(by: Court, text: string, files: Record<string, Uint8Array>): Promise<string> {
  const room = by.room(ROOM);
  const uploads = Object.entries(files).map(([name, bytes]) => room.upload(bytes, { name }));
  const done = await Promise.all(uploads.map(upload => upload.done));
  const { id } = await room.send(text, { files: done.map(({ id }) => id) }).done;
  return id;
}

const [lanterns, plan, poster] = [
  await draw(browser, drawings.lanterns),
  await draw(browser, drawings.plan),
  await draw(browser, drawings.poster),
];
const paper = await browser.newPage();
await paper.setContent(
  '<h1>Run sheet</h1><p>17:00 Gate opens</p><p>18:30 Welcome in the court</p><p>19:00 The quartet</p>',
);
const runSheet = await paper.pdf();
await paper.close();
const guests = Buffer.from(
  `name,seats,arrives\n${'Liv Sander,2,17:30\nOmar Nassar,1,18:00\nJune Park,4,17:10\n'.repeat(90)}`,
);

await share(tomasz, 'Who is coming, so far.', { 'guest-list.csv': guests });
await aiko.room(ROOM).send('Thank you! Printed, it hangs by the stairs.').done;
const first = await share(
  ines,
  'We hung **five of the 120** and lit them at dusk. I did not want to go home.',
  {
    [drawings.lanterns.name]: lanterns,
  },
);
await mira.room(ROOM).react(first, '😍').done;
await aiko.room(ROOM).react(first, '😍').done;
await tomasz.room(ROOM).react(first, '🏮').done;
const last = await share(
  aiko,
  'The arcade with forty chairs, the poster as it goes to the printer, and the run sheet.',
  {
    [drawings.plan.name]: plan,
    [drawings.poster.name]: poster,
    'Run sheet, Saturday.pdf': runSheet,
  },
);
const { subscribe } = mira.room(ROOM);
await new Promise<void>(resolve => {
  const off = subscribe(() => {
    if (!mira.room(ROOM).messages.some(({ id }) => id === last)) return;
    off();
    resolve();
  });
});
await mira.call('read:mark', { room: ROOM, seq: mira.room(ROOM).snapshot.head });
await mira.close();

const page = await signedIn(browser, hub.url, `#/room/${ROOM}/files`, account('mira'), forenoon());
const list = page.getByRole('complementary', { name: 'Files' });
await list.getByText('Run sheet, Saturday.pdf').waitFor();
// Slow enough to be seen on their way.
const wire = await page.context().newCDPSession(page);
await wire.send('Network.enable');
await page.locator('.pictures img').nth(2).waitFor();
await wire.send('Network.emulateNetworkConditions', {
  offline: false,
  latency: 0,
  downloadThroughput: -1,
  uploadThroughput: 150_000,
});
const folder = await mkdtemp(path.join(tmpdir(), 'first-court-files-'));
stack.defer(() => rm(folder, { recursive: true }));
const chosen = { 'courtyard-at-noon.jpg': lanterns, 'Quartet, rehearsal.wav': randomBytes(6_000_000) };
for (const [name, bytes] of Object.entries(chosen)) await writeFile(path.join(folder, name), bytes);
await page
  .getByLabel('Files to attach')
  .setInputFiles(Object.keys(chosen).map(name => path.join(folder, name)));
await page.locator('#composer').fill('And here is how the quartet sounded in the rain:');
const slow = tomasz.room(ROOM).upload(
  (async function* () {
    for (let at = 0; at < 40; at++) {
      yield randomBytes(250_000);
      await new Promise(resolve => setTimeout(resolve, 700));
    }
  })(),
  { name: 'Press pictures.zip', size: 10_000_000 },
);
slow.done.catch(() => undefined);
await page.getByText('is sharing').waitFor();
await page.locator('.chip[data-state=done]').waitFor();
await page.locator('.sharing', { hasText: /[2-9]\d%/ }).waitFor();
await mkdir(values.out, { recursive: true });
await take(page, 'light', path.join(values.out, 'files.png'));
await take(page, 'dark', path.join(values.out, 'files-dark.png'));

/** The zone where it is about ten just now: nobody hangs lanterns at night. */
function forenoon(): string {
  const ahead = ((10 - new Date().getUTCHours() + 36) % 24) - 12;
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
