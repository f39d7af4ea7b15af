// The folder of the embedded PostgreSQL:
//
//     <home>/data       the cluster                    <home>/log    what the server says
//     <home>/password   of the user "postgres"         <home>/port   the port it had last, kept if it can be
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedError, isAlive, programs, readText } from './pg-tools.ts';
import { type RunAs, runAs } from './run-as.ts';

export interface Home {
  dir: string;
  /** False only for tests: nothing survives a power cut, everything is faster. */
  durable: boolean;
}

/** The database superuser's password, made with the cluster; undefined when there is no cluster yet. */
export async function readPassword({ dir }: Home): Promise<string | undefined> {
  return (await readText(path.join(dir, 'password')))?.trim();
}

/** Makes the cluster. Of several processes doing so at once, one wins and all go on with its cluster. */
export async function createCluster(home: Home): Promise<void> {
  const parent = path.dirname(home.dir);
  await mkdir(parent, { recursive: true });
  await removeLeftovers(home.dir);
  const { initdb } = await programs();
  const as = runAs(home.dir, [path.dirname(initdb), parent]);
  const fresh = `${home.dir}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(path.join(fresh, 'data'), { recursive: true, mode: 0o700 });
  const pwfile = path.join(fresh, 'password');
  await writeFile(pwfile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (as.owner) {
    for (const file of [fresh, path.join(fresh, 'data'), pwfile])
      await chown(file, as.owner.uid, as.owner.gid);
  }
  const args = [
    '-D',
    path.join(fresh, 'data'),
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${pwfile}`,
  ];
  args.push('--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  if (!home.durable) args.push('--no-sync');
  try {
    await run(as, initdb, args);
    await rename(fresh, home.dir);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    const lost = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (!lost || (await readPassword(home)) === undefined) throw error;
  }
}

function run(as: RunAs, program: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(...as.command(program, args), {
      ...as.spawnAs,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) resolve();
      else
        reject(new EmbeddedError(`The embedded PostgreSQL could not make its data folder:\n${said.trim()}`));
    });
  });
}

/** Folders of a process that was killed while it made the cluster. */
async function removeLeftovers(dir: string): Promise<void> {
  const prefix = `${path.basename(dir)}.new-`;
  for (const name of await readdir(path.dirname(dir))) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length), 10))) continue;
    await rm(path.join(path.dirname(dir), name), { recursive: true, force: true });
  }
}
