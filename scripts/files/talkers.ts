// People who talk, in a process of their own: what uploads do to the process that sends them must not pass for what the hub does to messages.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Lateness, Pace, Talk } from './talk.ts';

export interface Talkers extends AsyncDisposable {
  /** @throws Error when they cannot */
  talk(pace: Pace): Promise<Lateness>;
}

/** Two of them join a room, which is made. */
export async function openTalkers(talk: Talk): Promise<Talkers> {
  const child = fork(path.join(import.meta.dirname, 'talk.ts'), [JSON.stringify(talk)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`Those who talk ended with ${code}.`);
  });
  ended.catch(() => {});
  const heard = async () => ((await Promise.race([once(child, 'message'), ended])) as [unknown])[0];
  await heard();
  return {
    async talk(pace) {
      child.send(pace);
      return (await heard()) as Lateness;
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended.catch(() => {});
    },
  };
}
