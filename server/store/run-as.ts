// Under which user the embedded PostgreSQL runs. PostgreSQL refuses root; so for root this finds (or creates) an ordinary user, and
// a way for that user into folders it may not enter, such as /root.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { EmbeddedError } from './pg-tools.ts';

export interface RunAs {
  /** Set when files must belong to somebody else than this process. */
  owner: { uid: number; gid: number } | undefined;
  /** The program and arguments to spawn instead of `program args`. */
  command(program: string, args: string[]): [string, string[]];
  /** The owner as options of spawn, when `command` does not see to it. */
  spawnAs: { uid?: number; gid?: number };
}

/**
 * @param home the database's folder if there is one: root goes on as its owner
 * @param folders what the user must be able to reach: the programs, the data
 */
export function runAs(home: string, folders: string[]): RunAs {
  if (process.getuid?.() !== 0)
    return { owner: undefined, spawnAs: {}, command: (program, args) => [program, args] };
  const owner = ownerOf(home) ?? findUser() ?? createUser();
  const direct = {
    owner,
    spawnAs: owner,
    command: (program: string, args: string[]): [string, string[]] => [program, args],
  };
  const blocked = folders.find(folder => !canEnter(folder, owner));
  if (!blocked) return direct;
  const prefix = setpriv(owner);
  if (spawnSync(prefix[0] as string, [...prefix.slice(1), 'test', '-x', blocked]).status === 0) {
    return {
      owner,
      spawnAs: {},
      command: (program, args) => [prefix[0] as string, [...prefix.slice(1), program, ...args]],
    };
  }
  throw new EmbeddedError(
    `The embedded PostgreSQL must not run as root, and the user with id ${owner.uid} cannot enter ${blocked}. ` +
      'Put the project and DATA_DIR in a folder that others may enter (such as /opt or /srv), start it as an ordinary user, ' +
      'or set DATABASE_URL to a PostgreSQL server of yours.',
  );
}

function ownerOf(home: string): RunAs['owner'] {
  if (!existsSync(home)) return undefined;
  const { uid, gid } = statSync(home);
  return uid === 0 ? undefined : { uid, gid };
}

function findUser(): RunAs['owner'] {
  const line = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : undefined;
}

function createUser(): { uid: number; gid: number } {
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'],
    {
      encoding: 'utf8',
    },
  );
  const owner = findUser();
  if (owner) return owner;
  throw new EmbeddedError(
    `The embedded PostgreSQL must not run as root, and no user "postgres" could be created for it (${made.error?.message ?? made.stderr.trim()}). ` +
      'Create one, start First Court as an ordinary user, or set DATABASE_URL to a PostgreSQL server of yours.',
  );
}

/** Asks the system, as that user: it knows of groups and access lists. */
function canEnter(folder: string, as: { uid: number; gid: number }): boolean {
  return spawnSync('test', ['-x', folder], { ...as, cwd: '/' }).status === 0;
}

/**
 * An ordinary user that may pass closed folders. `no_setuid_fixup` makes access(2), by which PostgreSQL looks for its own program,
 * count that right as well.
 */
function setpriv({ uid, gid }: { uid: number; gid: number }): string[] {
  const right = '+dac_override';
  const ids = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups'];
  return [
    'setpriv',
    '--securebits',
    '+no_setuid_fixup',
    ...ids,
    '--inh-caps',
    right,
    '--ambient-caps',
    right,
  ];
}
