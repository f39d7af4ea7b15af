// What a process takes, with the processes it started that do its own work; its database is not counted.
import { readdirSync, readFileSync } from 'node:fs';

const KB = 1024;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const [, command = '', rest = ''] =
          /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
        return [{ pid: Number(name), parent: Number(rest.split(' ')[1]), name: command }];
      } catch {
        // It has ended.
        return [];
      }
    });
}

function residentOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * KB;
  } catch {
    return 0;
  }
}

/** Bytes that are in memory now. Linux alone. */
export function memoryOf(pid: number): { readonly hub: number; readonly helpers: number } {
  const all = processes();
  const helpers = (of: number): number[] =>
    all
      .filter(({ parent, name }) => parent === of && name !== 'postgres')
      .flatMap(child => [child.pid, ...helpers(child.pid)]);
  return { hub: residentOf(pid), helpers: helpers(pid).reduce((sum, one) => sum + residentOf(one), 0) };
}

/** Watches until disposed; `most` is the highest seen. */
export function watchMemory(pid: number): Disposable & { readonly most: { hub: number; all: number } } {
  const most = { hub: 0, all: 0 };
  const look = () => {
    const { hub, helpers } = memoryOf(pid);
    most.hub = Math.max(most.hub, hub);
    most.all = Math.max(most.all, hub + helpers);
  };
  look();
  const timer = setInterval(look, 100);
  return { most, [Symbol.dispose]: () => clearInterval(timer) };
}
