import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { driveFileId, driveLinks, linksOf } from './file-links.ts';

const test = suite('file-links');
const ID = '1aB2cD3eF4gH5iJ6kL7mN8oP9';

test('every kind of address of a file in Drive is known', () => {
  for (const address of [
    `https://docs.google.com/document/d/${ID}/edit?usp=sharing`,
    `https://docs.google.com/document/u/1/d/${ID}/edit#heading=h.1`,
    `https://docs.google.com/a/example.com/spreadsheets/d/${ID}/edit`,
    `https://docs.google.com/presentation/d/${ID}`,
    `https://drive.google.com/file/d/${ID}/view`,
    `https://drive.google.com/drive/folders/${ID}`,
    `https://drive.google.com/drive/u/0/folders/${ID}?resourcekey=0-x`,
    `https://drive.google.com/open?id=${ID}`,
    `https://drive.google.com/uc?export=download&id=${ID}`,
  ])
    assert.is(driveFileId(address), ID, address);
});

test('look-alikes, other schemes and other pages are no files in Drive (attack 21)', () => {
  for (const address of [
    `http://docs.google.com/document/d/${ID}/edit`,
    `https://docs.google.com.evil.example/document/d/${ID}/edit`,
    `https://evil.example/?https://docs.google.com/document/d/${ID}`,
    `https://docs.google.com@evil.example/document/d/${ID}`,
    `https://ada@docs.google.com/document/d/${ID}`,
    `https://docs.google.com:8443/document/d/${ID}`,
    `javascript:alert(1)//docs.google.com/document/d/${ID}`,
    'https://docs.google.com/document/d/../../x/edit',
    'https://drive.google.com/open?id=../../token',
    'https://drive.google.com/drive/my-drive',
    '',
  ])
    assert.is(driveFileId(address), undefined, address);
});

test('the links of a text are found once each, without the punctuation that ends a sentence', () => {
  const one = `https://docs.google.com/document/d/${ID}/edit`;
  const two = `https://drive.google.com/file/d/${ID}x/view`;
  assert.equal(driveLinks(`See ${one}, and [the plan](${two}). Again: ${one}!`), [one, two]);
  assert.equal(driveLinks('nothing https://example.com/d/1'), []);
});

test('of what a sender wrote into meta, only what leads to Drive becomes a card (attack 21)', () => {
  const good = {
    url: `https://docs.google.com/document/d/${ID}/edit`,
    name: 'Plan',
    icon: 'document',
    provider: 'google-drive',
  };
  const bad = [
    { ...good, url: 'https://evil.example/' },
    { ...good, url: `javascript:alert('${ID}')` },
    { ...good, icon: '"><script>' },
    { ...good, name: 7 },
    { ...good, provider: 'evil' },
    null,
    'x',
  ];
  assert.equal(linksOf({ links: [...bad.slice(0, 4), good] }), [good]);
  for (const link of bad) assert.equal(linksOf({ links: [link] }), []);
  assert.equal(linksOf({ links: 'x' }), []);
  assert.equal(linksOf(undefined), []);
  assert.is(linksOf({ links: Array(100).fill(good) }).length, 5);
});

test.run();
