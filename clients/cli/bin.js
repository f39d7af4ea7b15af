#!/usr/bin/env node
// `court` under whatever Node the system has: the program itself runs on Node 24, from our own packages if need be. Plain JavaScript.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const main = path.join(here, 'main.ts');

/** Upwards from here, since npm may have put our dependencies beside us. */
function findNode() {
  for (let folder = here; ; folder = path.dirname(folder)) {
    const candidate = path.join(
      folder,
      'node_modules',
      '.bin',
      process.platform === 'win32' ? 'node.cmd' : 'node',
    );
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) return undefined;
  }
}

const node = Number.parseInt(process.versions.node, 10) >= 24 ? undefined : findNode();
if (Number.parseInt(process.versions.node, 10) >= 24) {
  process.argv[1] = main;
  await import('./main.ts');
} else if (node === undefined) {
  process.stderr.write(
    `court: needs Node 24, this is ${process.version}. Run "npm install" in ${path.dirname(path.dirname(here))}.\n`,
  );
  process.exitCode = 1;
} else {
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  // Ctrl-C reaches the child by itself; what is sent to us alone is handed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', error => {
    process.stderr.write(`court: cannot start ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 1;
    else process.exitCode = 128 + ({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1, SIGKILL: 9 }[signal] ?? 0);
  });
}
