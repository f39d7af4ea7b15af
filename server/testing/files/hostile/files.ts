// Files that nobody means well with, each by a name: cut off, twice something, larger than they look, and named to be taken for what they are not.
import { deflateSync } from 'node:zlib';
import { docxBody, docxFrame, makePdf } from '../documents.ts';
import { makePng } from '../pictures.ts';
import { makeZip } from '../zip.ts';
import type { Sample } from './samples.ts';

export interface HostileFile extends Sample {
  readonly what: string;
}

const NAMES = [
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '/etc/shadow',
  'C:\\boot.ini',
  '\\\\server\\share\\a',
  'a/../../b',
  'a\0.png',
  'a.png\0.html',
  '\0',
  'a.jpg.php',
  'shell.php.jpg',
  'a.php%00.jpg',
  '.htaccess',
  '.env',
  '..',
  '.',
  '...',
  ' ',
  '',
  '~',
  'CON',
  'nul.txt',
  'COM1',
  'LPT9.pdf',
  'aux.',
  'a.txt.',
  'a.txt ',
  'a:b.txt',
  'a.txt::$DATA',
  '-rf',
  '--help',
  '$(id)',
  '`id`',
  ';ls',
  '|cat',
  'a\r\nContent-Type: text/html\r\n\r\n<script>',
  'a";filename="b.html',
  "a'b",
  'a\\"b',
  '"><img src=x onerror=alert(1)>.png',
  '<script>alert(1)</script>.txt',
  'javascript:alert(1)',
  'data:text/html,x',
  '%2e%2e%2f%2e%2e%2fetc',
  '\u202egnp.exe',
  'a\u2066b\u2069.txt',
  '\ufeffa.txt',
  'a\u200b.txt',
  'ａ．ｈｔｍｌ',
  '\ud800.txt',
  '😀'.repeat(150),
  `${'a'.repeat(3900)}.png`,
  `${'.a'.repeat(300)}`,
  'é'.normalize('NFD'),
  '__proto__',
  'constructor',
  'a\tb',
  'a\x7fb',
  'a\x1b[31mb',
  "'; drop table files; --",
  '{{7*7}}',
  '%s%s%n',
  'a\u0000\u0001\u0002.txt',
] as const;

/** What makes one file two. */
const SECOND: readonly [what: string, bytes: Buffer][] = [
  ['a script', Buffer.from('<script>alert(document.domain)</script>')],
  ['a page', Buffer.from('<!DOCTYPE html><html><body onload=alert(1)>')],
  ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
  ['PHP', Buffer.from('<?php system($_GET["c"]); ?>')],
  ['a PDF', makePdf('hidden')],
  ['an archive', makeZip([{ name: 'x.txt', bytes: Buffer.from('x') }])],
];

export function hostileFiles(samples: readonly Sample[]): HostileFile[] {
  const words = Buffer.from('Only words.');
  const named = NAMES.map((name, i) => ({ what: `named ${i}`, name, bytes: words }));
  const cut = samples.flatMap(({ name, bytes }) =>
    [1, 4, 9, 17, 30, 0.5, 0.9, -1].map(at => {
      const end = at < 0 ? bytes.length + at : at < 1 ? Math.floor(bytes.length * at) : at;
      return { what: `${name} cut at ${at}`, name, bytes: bytes.subarray(0, end) };
    }),
  );
  const double = samples.flatMap(({ name, bytes }) =>
    SECOND.map(([what, second]) => ({
      what: `${name} and ${what}`,
      name,
      bytes: Buffer.concat([bytes, second]),
    })),
  );
  return [...named, ...cut, ...double, ...disguised(samples), ...bombs()];
}

/** Under the name of another kind. */
const disguised = (samples: readonly Sample[]): HostileFile[] =>
  samples.map(({ name, bytes }, i) => {
    const other = samples[(i + 5) % samples.length]?.name ?? 'a';
    return { what: `${name} as ${other}`, name: other, bytes };
  });

function bombs(): HostileFile[] {
  const rows = deflateSync(Buffer.alloc(2_000_000));
  const gif = Buffer.from('GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff', 'latin1');
  const document = (body: Buffer, says = {}) =>
    makeZip([...docxFrame, { name: 'word/document.xml', bytes: body, says }]);
  const laughs = Buffer.from(
    `<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha">${'bcdefgh'
      .split('')
      .map((name, i) => `<!ENTITY ${name} "${`&${'abcdefgh'[i]};`.repeat(10)}">`)
      .join('')}]><w>&h;</w>`,
  );
  return [
    { what: 'pixel bomb', name: 'a.png', bytes: makePng(60_000, 60_000, rows) },
    {
      what: 'pixel bomb with more pixels than numbers',
      name: 'a.png',
      bytes: makePng(0x7fffffff, 0x7fffffff, rows),
    },
    { what: 'picture of no size', name: 'a.png', bytes: makePng(0, 0) },
    {
      what: 'picture with fewer rows than it says',
      name: 'a.png',
      bytes: makePng(3000, 3000, deflateSync(Buffer.alloc(9))),
    },
    { what: 'animation of 4 billion pixels', name: 'a.gif', bytes: gif },
    { what: 'zip bomb', name: 'a.docx', bytes: document(docxBody('x'.repeat(30_000_000))) },
    {
      what: 'zip that lies of its size',
      name: 'a.docx',
      bytes: document(docxBody('x'.repeat(200_000)), { size: 10 }),
    },
    { what: 'zip that says it is encrypted', name: 'a.docx', bytes: document(docxBody('x'), { flags: 1 }) },
    { what: 'zip by an unknown method', name: 'a.docx', bytes: document(docxBody('x'), { method: 99 }) },
    {
      what: 'zip with paths out of it',
      name: 'a.docx',
      bytes: makeZip([...docxFrame, { name: '../../x', bytes: docxBody('x') }]),
    },
    { what: 'document without a document', name: 'a.docx', bytes: makeZip(docxFrame) },
    { what: 'deep document', name: 'a.docx', bytes: document(docxBody('<w:b>'.repeat(50_000))) },
    { what: 'a billion laughs', name: 'a.docx', bytes: document(laughs) },
    { what: 'laughing drawing', name: 'a.svg', bytes: laughs },
    {
      what: 'PDF that unpacks to much',
      name: 'a.pdf',
      bytes: makePdf('', { bytes: deflateSync(Buffer.alloc(20_000_000, ' ')), says: '/Filter/FlateDecode' }),
    },
    {
      what: 'PDF of filters that are none',
      name: 'a.pdf',
      bytes: makePdf('', { bytes: Buffer.from('x'), says: '/Filter[/A/B/C]' }),
    },
    {
      what: 'PDF that contains itself',
      name: 'a.pdf',
      bytes: Buffer.from(
        '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 9>>endobj\ntrailer<</Root 1 0 R>>',
      ),
    },
    { what: 'JSON that is deep', name: 'a.json', bytes: Buffer.from('['.repeat(60_000)) },
    { what: 'one long line', name: 'a.txt', bytes: Buffer.alloc(150_000, 'a') },
    { what: 'spaces alone', name: 'a.txt', bytes: Buffer.alloc(150_000, ' \n') },
    { what: 'tags that never end', name: 'a.html', bytes: Buffer.alloc(60_000, '<!--') },
    { what: 'declarations without end', name: 'a.svg', bytes: Buffer.alloc(60_000, '<?x ') },
    { what: 'nothing', name: 'a.bin', bytes: Buffer.alloc(0) },
  ];
}
