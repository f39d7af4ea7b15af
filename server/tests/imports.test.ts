import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { breaches } from './import-rule.ts';

const test = suite('imports');
const root = path.join(import.meta.dirname, '../..');

test('every file keeps to the import rule, to its length, and to what is reserved', async () => {
  const files = await Array.fromAsync(
    glob('{server,shared,clients,scripts}/**/*.{ts,tsx,mts,js,mjs,jsx}', {
      cwd: root,
      exclude: name => ['node_modules', 'dist'].includes(path.basename(name)),
    }),
  );
  assert.ok(files.length > 10);
  const texts = await Promise.all(
    files.map(
      async file => [file.replaceAll('\\', '/'), await readFile(path.join(root, file), 'utf8')] as const,
    ),
  );
  const found = texts.flatMap(([file, text]) => breaches(file, text));
  assert.equal(found.map(({ file, line, rule }) => `${file}:${line}: ${rule}`).sort(), []);
});

const ALLOWED: [file: string, text: string][] = [
  ['shared/protocol/calls.ts', `import { z } from 'zod';\nimport type { A } from './events.ts';`],
  [
    'clients/web/app.tsx',
    `import { x } from '../js/index.ts';\nimport '../../shared/markdown.ts';\nimport React from 'react';`,
  ],
  [
    'clients/cli/operator.ts',
    `import { readConfig } from '../../server/config.ts';\nimport { openStore } from '../../server/store/open.ts';`,
  ],
  ['scripts/bench/start.ts', `import { start } from '../../server/start.ts';`],
  [
    'server/hub/rooms.ts',
    `import { hash } from 'node:crypto';\nimport { x } from './errors.ts';\nimport { y } from '#shared/protocol/calls.ts';`,
  ],
  ['server/http/app.ts', `import express from 'express';\nimport type { Hub } from '../hub/hub.ts';`],
  [
    'server/store/postgres.ts',
    `import postgres from 'postgres';\nimport type { Store } from '../hub/ports.ts';\nimport { U } from '../hub/errors.ts';`,
  ],
  [
    'server/start.ts',
    `import { openStore } from './store/open.ts';\nimport { createApp } from './http/app.ts';`,
  ],
  ['server/http/app.test.ts', `import { openStore } from '../store/open.ts';\nconsole.log(process.env.X);`],
  ['server/main.ts', `readConfig(process.env);`],
  ['server/hub/text.ts', `const text = 'import x from "express"';`],
];

const FORBIDDEN: [file: string, text: string, line: number, rule: string][] = [
  ['shared/protocol/calls.ts', `\nimport fs from 'node:fs';`, 2, 'shared imports nothing but zod'],
  [
    'shared/protocol/calls.ts',
    `import { x } from '../../clients/js/index.ts';`,
    1,
    'shared imports nothing but zod',
  ],
  [
    'clients/js/room.ts',
    `import { x } from '../../server/config.ts';`,
    1,
    'clients import clients and shared',
  ],
  ['clients/js/room.ts', `import { x } from '../web/app.tsx';`, 1, 'clients import clients and shared'],
  ['clients/js/room.ts', `import { x } from '#shared/protocol/calls.ts';`, 1, 'by a relative path'],
  [
    'clients/cli/main.ts',
    `import {\n  x,\n  y,\n} from '../../server/hub/hub.ts';`,
    1,
    'the command line imports',
  ],
  ['scripts/seed.ts', `export { x } from '../server/hub/rooms.ts';`, 1, 'scripts import'],
  ['server/hub/rooms.ts', `import http from 'node:http';`, 1, 'no sockets, no HTTP, no driver'],
  ['server/hub/rooms.ts', `import { Server } from 'socket.io';`, 1, 'no sockets, no HTTP, no driver'],
  ['server/hub/rooms.ts', `const x = await import('../store/open.ts');`, 1, 'no sockets, no HTTP, no driver'],
  ['server/http/app.ts', `import type { X } from '../realtime/io.ts';`, 1, 'never another door'],
  ['server/realtime/io.ts', `import { X } from '../http/app.ts';`, 1, 'never another door'],
  ['server/realtime/io.ts', `import { X } from '../store/db.ts';`, 1, 'never another door'],
  ['server/store/open.ts', `import { X } from '../hub/hub.ts';`, 1, 'server/store imports hub/ports'],
  ['server/store/open.ts', `import { X } from '../limits/memory.ts';`, 1, 'server/store imports hub/ports'],
  ['server/start.ts', `import { boot } from './testing/boot.ts';`, 1, 'only tests import'],
  ['server/log.ts', `import { Hub } from './hub/hub.ts';`, 1, 'config and log import'],
  ['server/http/app.ts', `\n\nconst x = process.env.PORT;`, 3, 'only config reads process.env'],
  ['server/hub/rooms.ts', `console.log('hello');`, 1, 'not by console'],
  ['server/hub/long.ts', '\n'.repeat(301), 301, 'at most 300 lines'],
];

test('the rule itself lets good imports pass and catches bad ones, with their line', () => {
  for (const [file, text] of ALLOWED) assert.equal(breaches(file, text), [], `${file}: ${text}`);
  for (const [file, text, line, rule] of FORBIDDEN) {
    const [first, ...more] = breaches(file, text);
    assert.is(first?.line, line, `${file}: ${text}`);
    assert.match(first?.rule ?? '', rule);
    assert.equal(more, []);
  }
});

test.run();
