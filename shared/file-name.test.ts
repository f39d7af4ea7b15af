import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { safeFileName } from './file-name.ts';
import { FILE_NAME_CHARS } from './protocol/files.ts';

const test = suite('names of files');

const NAMES: [given: string, safe: string][] = [
  ['notes.txt', 'notes.txt'],
  ['Übersicht 2026.pdf', 'Übersicht 2026.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['..\\..\\windows\\system.ini', 'system.ini'],
  ['C:\\boot.ini', 'boot.ini'],
  ['/etc/', 'etc'],
  ['a\0b.jpg\0.php', 'ab.jpg.php'],
  ['photo.jpg.php', 'photo.jpg.php'],
  ['in\r\nSet-Cookie: x=1.txt', 'inSet-Cookie_ x=1.txt'],
  ['invoice\u202egnp.exe', 'invoicegnp.exe'],
  ['CON', '_CON'],
  ['nul.tar.gz', '_nul.tar.gz'],
  ['COM1.txt', '_COM1.txt'],
  ['console.log', 'console.log'],
  ['name. . .', 'name'],
  ['.htaccess', '_htaccess'],
  ['...', 'file'],
  ['..', 'file'],
  ['', 'file'],
  [' \t\u2028 ', 'file'],
  ['a<b>c:d"e|f?g*.txt', 'a_b_c_d_e_f_g_.txt'],
  ['e\u0301.txt', 'é.txt'],
  ['half \ud800.txt', 'half \ufffd.txt'],
  ['"><img src=x onerror=alert(1)>.png', '___img src=x onerror=alert(1)_.png'],
];

test('no path, no hidden character, no device, and what is harmless stays (attack 24)', () => {
  for (const [given, safe] of NAMES) assert.is(safeFileName(given), safe, JSON.stringify(given));
});

test('a long name is cut before its ending, and not through a character', () => {
  assert.is(safeFileName(`${'a'.repeat(500)}.tar.gz`), `${'a'.repeat(FILE_NAME_CHARS - 7)}.tar.gz`);
  assert.is(safeFileName('b'.repeat(500)), 'b'.repeat(FILE_NAME_CHARS));
  const cut = safeFileName(`x${'😀'.repeat(300)}.png`);
  assert.ok(cut.length <= FILE_NAME_CHARS && cut.isWellFormed() && cut.endsWith('😀.png'));
});

test('a safe name is safe: making it so again changes nothing', () => {
  for (const [, safe] of NAMES) assert.is(safeFileName(safe), safe);
});

test.run();
