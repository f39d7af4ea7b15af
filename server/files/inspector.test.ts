// takes: 13 s
import { Readable } from 'node:stream';
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HubError } from '../hub/errors.ts';
import { HEAD_BYTES, TEXT_CHARS } from '../hub/ports-files.ts';
import { docxBody, docxFrame, makeDocx, makePdf } from '../testing/files/documents.ts';
import { GIF, makePng } from '../testing/files/pictures.ts';
import { makeZip } from '../testing/files/zip.ts';
import { DOCX, PDF } from './kinds.ts';
import { openInspector } from './open.ts';

const test = suite('what looks into files');
const inspector = openInspector();
test.after(async () => {
  await inspector[Symbol.asyncDispose]();
});

const look = (bytes: Uint8Array | string, name: string) => {
  const all = Buffer.from(bytes as string);
  return inspector.look(all.subarray(0, HEAD_BYTES), all.length, name);
};
const stream = (bytes: Uint8Array | string) => Readable.from([Buffer.from(bytes as string)]);
const textOf = async (bytes: Uint8Array | string, type: string) =>
  (await inspector.text(stream(bytes), type))?.text ?? '';
const red = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } });

test('its bytes say what it is, and a name only which kind of text', async () => {
  const cases: [bytes: Uint8Array | string, name: string, type: string, text: boolean][] = [
    ['hello', 'a.txt', 'text/plain', true],
    ['hello', 'a.png', 'text/plain', true],
    ['a,b\n1,2\n', 'a.csv', 'text/csv', true],
    ['# Title', 'readme.md', 'text/markdown', true],
    ['{"a":1}', 'a.json', 'application/json', true],
    ['{"a":', 'a.json', 'text/plain', true],
    [Buffer.from('\xff\xfeh\0i\0', 'latin1'), 'a.txt', 'text/plain', true],
    [Buffer.from('Grüße', 'latin1'), 'a.txt', 'text/plain', true],
    [Buffer.from([0, 1, 2, 3]), 'a.txt', 'application/octet-stream', false],
    ['', 'a.txt', 'text/plain', true],
    [GIF, 'a.txt', 'image/gif', false],
    [makePdf('x'), 'a.jpg', PDF, true],
    [makeDocx('x'), 'a.zip', DOCX, true],
    [makeZip([{ name: 'a.txt', bytes: Buffer.from('x') }]), 'a.docx', 'application/zip', false],
    ['<!DOCTYPE html><p>', 'a.txt', 'text/html', false],
    ['\ufeff\n<script>alert(1)</script>', 'a.png', 'text/html', false],
    ['alert(1)', 'a.html', 'text/html', false],
    ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'a.txt', 'image/svg+xml', false],
    ['<?xml version="1.0"?><!-- x --><svg/>', 'a.png', 'image/svg+xml', false],
    ['<?xml version="1.0"?><feed/>', 'a.txt', 'application/xml', false],
  ];
  for (const [bytes, name, type, text] of cases) {
    const seen = await look(bytes, name);
    assert.is(seen.type, type, `${name}: ${bytes.slice(0, 40)}`);
    assert.is(seen.text, text, `words in ${name}, ${type}`);
    assert.is(seen.inline, type === 'image/gif' && !/html|svg/.test(name), `shown: ${name}, ${type}`);
  }
});

test('a picture that is also something that runs, or is named so, is never shown in a page (attack 24)', async () => {
  const after = (text: string) => Buffer.concat([GIF, Buffer.from(text)]);
  assert.ok((await look(GIF, 'a.gif')).inline);
  for (const [bytes, name] of [
    [GIF, 'a.html'],
    [GIF, 'a.gif.svg'],
    [after('<script>alert(1)</script>'), 'a.gif'],
    [after('<HTML><body onload=alert(1)>'), 'a.gif'],
    [after('<?php system("id")'), 'a.gif'],
    [after('%PDF-1.4'), 'a.gif'],
  ] as const) {
    const seen = await look(bytes, name);
    assert.is(seen.type, 'image/gif');
    assert.not(seen.inline, `${name}: ${bytes.subarray(42)}`);
  }
});

test('a picture is as large as it is shown, and made smaller without what its camera wrote into it', async () => {
  const photo = await red(3000, 2000)
    .withExif({ IFD0: { Copyright: 'CANARY' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const seen = await look(photo, 'photo.jpg');
  assert.equal([seen.type, seen.width, seen.height, seen.preview], ['image/jpeg', 2000, 3000, true]);
  const preview = await inspector.preview(stream(photo), 'image/jpeg', 480);
  const { format, width, height, exif, orientation } = await sharp(preview).metadata();
  assert.equal([format, width, height, exif, orientation], ['webp', 320, 480, undefined, undefined]);
  assert.not(Buffer.from(preview ?? []).includes('CANARY'));
});

test('small pictures are not made larger, and every kind of picture has one', async () => {
  for (const format of ['png', 'gif', 'webp', 'avif', 'tiff'] as const) {
    const bytes = await red(40, 20).toFormat(format).toBuffer();
    const seen = await look(bytes, 'a');
    assert.equal([seen.type, seen.width, seen.height], [`image/${format}`, 40, 20]);
    const { width } = await sharp(await inspector.preview(stream(bytes), seen.type, 96)).metadata();
    assert.is(width, 40, format);
  }
});

test('bombs and broken pictures have no preview, and drawings are never drawn (attack 24)', async () => {
  const wide = makePng(30_000, 30_000, deflateSync(Buffer.alloc(1000)));
  assert.not((await look(wide, 'a.png')).preview);
  for (const [bytes, type] of [
    [wide, 'image/png'],
    [makePng(40, 20).subarray(0, 50), 'image/png'],
    [GIF, 'image/png'],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'image/png'],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'image/svg+xml'],
    [Buffer.alloc(0), 'image/jpeg'],
  ] as const)
    assert.is(await inspector.preview(stream(bytes), type, 96), undefined);
});

test('words are read out of PDF, Word and plain text in any encoding', async () => {
  assert.match(await textOf(makePdf('Quarterly results'), PDF), 'Quarterly results');
  assert.match(await textOf(makeDocx('Minutes of May'), DOCX), 'Minutes of May');
  const plain = async (bytes: Buffer) => (await inspector.text(stream(bytes), 'text/plain'))?.text;
  assert.is(await plain(Buffer.from('Grüße\r\n\r\n\r\n\0aus  Köln')), 'Grüße\n\naus Köln');
  assert.is(
    await plain(Buffer.from('Schöne Grüße aus Köln an alle', 'latin1')),
    'Schöne Grüße aus Köln an alle',
  );
  assert.is(await plain(Buffer.from('\ufeffhi €', 'utf16le')), 'hi €');
  assert.is(await plain(Buffer.from(' \n\t ')), undefined);
  assert.is((await plain(Buffer.alloc(5_000_000, 'word ')))?.length, TEXT_CHARS);
});

test('documents that unpack to more than they say, or to too much, have no words (attack 24)', async () => {
  const body = docxBody('x'.repeat(30_000_000));
  const bomb = makeZip([...docxFrame, { name: 'word/document.xml', bytes: body }]);
  const liar = makeZip([...docxFrame, { name: 'word/document.xml', bytes: body, says: { size: 900 } }]);
  const twice = makeZip([
    ...docxFrame,
    { name: 'word/document.xml', bytes: docxBody('one') },
    { name: 'word/document.xml', bytes: docxBody('two') },
  ]);
  for (const bytes of [bomb, liar, twice, makeDocx('x').subarray(0, 300), Buffer.from('PK')])
    assert.is(await inspector.text(stream(bytes), DOCX), undefined);
  for (const bytes of [makePdf('x').subarray(0, 20), Buffer.from('%PDF-1.4')])
    assert.is(await inspector.text(stream(bytes), PDF), undefined);
});

test('what takes too long is ended, and the next file is looked into by another process', async () => {
  await using hasty = openInspector({ text: { taskMs: 1 } });
  assert.is(await hasty.text(stream(makePdf('slow')), PDF), undefined);
  const start = deflateSync('');
  const zeros = deflateRawSync(Buffer.alloc(16_000_000), { finishFlush: constants.Z_FULL_FLUSH });
  const swollen = Buffer.concat([start.subarray(0, 2), ...Array(100).fill(zeros)]);
  const bomb = makePdf('', { bytes: swollen, says: '/Filter/FlateDecode' });
  assert.is(await inspector.text(stream(bomb), PDF), undefined);
  assert.match(await textOf(makePdf('still here'), PDF), 'still here');
});

test('a storage that fails is told apart from a file that can not be read', async () => {
  const broken = new Readable({ read: () => void broken.destroy(new Error('gone')) });
  const seen = await inspector.text(broken, 'text/plain').catch(error => error);
  assert.is(seen.message, 'gone');
  assert.is(await textOf('next', 'text/plain'), 'next');
  await using hasty = openInspector({ text: { pieceMs: 1 } });
  const mute = new Readable({ read() {} });
  const refusal = await hasty.text(mute, 'text/plain').catch(error => error);
  assert.ok(refusal instanceof HubError && refusal.code === 'unavailable' && mute.destroyed);
});

test('closing ends what runs and refuses what waits', async () => {
  const closing = openInspector();
  const waiting = [1, 2, 3].map(() =>
    closing.text(new Readable({ read() {} }), 'text/plain').catch(e => e.code),
  );
  await closing[Symbol.asyncDispose]();
  assert.equal(await Promise.all(waiting), ['unavailable', 'unavailable', 'unavailable']);
});

test.run();
