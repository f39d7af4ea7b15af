// Programs that load a hub or watch it, each in a process of its own: what they do to their own loop is no part of what is measured.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { onBreakOff } from './broken-off.ts';

// biome-ignore lint/suspicious/noExplicitAny: the caller's side knows each deed's own input
export type Deeds = Record<string, (input: any) => unknown>;

export interface Helper<D extends Deeds> extends AsyncDisposable {
  /** @throws Error what went wrong over there */
  ask<N extends keyof D & string>(deed: N, ...input: Parameters<D[N]>): Promise<Awaited<ReturnType<D[N]>>>;
}

interface Question {
  readonly id: number;
  readonly deed: string;
  readonly input: unknown;
}
type Answer = { readonly id: number } & ({ readonly data: unknown } | { readonly failure: string });

/** Starts the program of this folder. Disposing ends it. */
export function openHelper<D extends Deeds>(program: string): Helper<D> {
  const child = fork(path.join(import.meta.dirname, program), { serialization: 'advanced' });
  const waiting = new Map<number, PromiseWithResolvers<never>>();
  const gone = once(child, 'exit');
  const end = () => void child.kill('SIGKILL');
  const breakOff = onBreakOff(end);
  let asked = 0;
  child.on('message', (answer: Answer) => {
    const question = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('failure' in answer) question?.reject(new Error(answer.failure));
    else question?.resolve(answer.data as never);
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${program} ended with ${code ?? signal}.`));
  });
  return {
    ask(deed, ...[input]) {
      const question = Promise.withResolvers<never>();
      waiting.set(++asked, question);
      child.send({ id: asked, deed, input } satisfies Question, error => error && question.reject(error));
      return question.promise;
    },
    async [Symbol.asyncDispose]() {
      breakOff[Symbol.dispose]();
      end();
      await gone;
    },
  };
}

/** The other side: answers what is asked of this process. */
export function serve(deeds: Deeds): void {
  process.on('message', async ({ id, deed, input }: Question) => {
    const answer: Answer = await (async () => deeds[deed]?.(input))().then(
      data => ({ id, data }),
      (error: Error) => ({ id, failure: error.stack ?? error.message }),
    );
    process.send?.(answer);
  });
  // Nobody is left to answer.
  process.on('disconnect', () => process.exit());
}
