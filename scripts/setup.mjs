// Makes a fresh clone ready, and is done at once when it is ready already: packages, the built web client, and for tests the programs
// they need. Runs before `npm start` and `npm test`, on the system's own Node (20 or later), so it is plain JavaScript without packages.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findChromium, findProgram, findRedis } from './lib/programs.mjs';

const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const inRoot = (...parts) => path.join(root, ...parts);
const say = line => process.stdout.write(`${line}\n`);

class SetupError extends Error {}

/** Runs quietly; what it said is shown only when it failed. */
async function run(what, program, args, env = {}) {
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      output += text;
    });
  const status = await new Promise(resolve => {
    child.once('error', error => {
      output = error.message;
      resolve(undefined);
    });
    child.once('close', resolve);
  });
  if (status === 0) return Math.round((performance.now() - began) / 100) / 10;
  const said = output.trim().split('\n');
  // npm says why first and how to use npm after that; compilers say it last.
  const shown = said.length > 60 ? [...said.slice(0, 30), '…', ...said.slice(-30)] : said;
  throw new SetupError(`${what} failed:\n${shown.join('\n')}`);
}

async function installPackages() {
  const modules = inRoot('node_modules');
  const stamp = inRoot('node_modules', '.first-court-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  // Somebody ran npm themselves: npm's own record is as new as the lock file.
  const record = path.join(modules, '.package-lock.json');
  const installed = existsSync(record) && modified(record) >= modified(inRoot('package-lock.json'));
  if (!installed) {
    say('Installing packages (npm ci) …');
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = process.env.npm_execpath;
    const seconds = await (npm
      ? run('npm ci', process.execPath, [npm, ...args])
      : run('npm ci', 'npm', args));
    say(`Packages are installed (${seconds} s).`);
  }
  if (!existsSync(node24())) {
    throw new SetupError(
      'The packages are installed, but Node 24 is not among them: npm was told not to run install scripts. ' +
        'Run: npm rebuild --ignore-scripts=false',
    );
  }
  writeFileSync(stamp, wanted);
}

/** From the package `node`, so that it does not matter which version the system has. */
function node24() {
  return inRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

async function buildWeb() {
  if (!existsSync(inRoot('clients', 'web', 'index.html'))) return;
  const built = inRoot('clients', 'web', 'dist', 'index.html');
  const sources = ['clients/web', 'clients/js', 'shared', 'package-lock.json'].map(name =>
    newest(inRoot(name)),
  );
  if (existsSync(built) && modified(built) >= Math.max(...sources)) return;
  say('Building the web client …');
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js');
  const seconds = await run('Building the web client', node24(), [
    vite,
    'build',
    'clients/web',
    '--logLevel',
    'warn',
  ]);
  say(`The web client is built (${seconds} s).`);
}

function modified(file) {
  return statSync(file).mtimeMs;
}

/** When the newest source below was written; tests and what was built are no sources. */
function newest(file) {
  if (!existsSync(file)) return 0;
  if (!statSync(file).isDirectory()) return modified(file);
  let latest = 0;
  for (const entry of readdirSync(file, { withFileTypes: true })) {
    if (['dist', 'node_modules'].includes(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue;
    latest = Math.max(latest, newest(path.join(file, entry.name)));
  }
  return latest;
}

/** What tests use beside npm packages: a real Redis and a real browser. */
async function installPrograms() {
  const missing = [
    ['redis-server', findRedis()],
    ['chromium', findChromium()],
  ].flatMap(([name, found]) => (found ? [] : [name]));
  if (missing.length === 0) return;

  const [program, ...prefix] = aptGet() ?? [];
  if (!program) {
    throw new SetupError(
      `The tests need ${missing.join(' and ')}, which this account cannot install. Install it and run npm test again:\n` +
        `  Debian, Ubuntu:  sudo apt-get install ${missing.join(' ')}\n` +
        `  macOS:           brew install ${missing.map(name => (name === 'chromium' ? '--cask chromium' : 'redis')).join(' && brew install ')}\n` +
        'A Chromium that is somewhere else is named with CHROMIUM_PATH=/path/to/it.',
    );
  }
  say(`Installing ${missing.join(' and ')} for the tests (apt-get) …`);
  // RUNLEVEL=1: the package must not start a Redis service of its own.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await run('apt-get update', program, [...prefix, 'update', '-qq'], env);
  const options = ['install', '-y', '-qq', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0'];
  const seconds = await run('apt-get install', program, [...prefix, ...options, ...missing], env);
  say(`Installed ${missing.join(' and ')} (${seconds} s).`);
}

/** The command to run apt-get with, if we may. */
function aptGet() {
  const apt = findProgram(['apt-get']);
  if (!apt) return undefined;
  if (process.getuid?.() === 0) return [apt];
  const sudo = findProgram(['sudo']);
  return sudo && spawnSync(sudo, ['-n', 'true']).status === 0 ? [sudo, '-n', '-E', apt] : undefined;
}

try {
  const purpose = process.argv[2];
  if (purpose !== 'start' && purpose !== 'test')
    throw new SetupError('Usage: node scripts/setup.mjs start|test');
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(
      `First Court needs Node 20 or later; this is Node ${process.versions.node}. See https://nodejs.org`,
    );
  }
  // Packages and programs come from different places, and neither waits for the other.
  await Promise.all([installPackages().then(buildWeb), purpose === 'test' ? installPrograms() : undefined]);
} catch (error) {
  process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
