// Questions to the person at the terminal; where there is none, the answers are the lines of stdin.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError } from './errors.ts';

export interface Prompt extends Disposable {
  ask(question: string): Promise<string>;
  /** Without echo. */
  askSecret(question: string): Promise<string>;
}

/** Questions go to stderr, so that stdout holds results alone. */
export function openPrompt(
  stdin: NodeJS.ReadStream,
  stderr: NodeJS.WriteStream,
  signal: AbortSignal,
): Prompt {
  let muted = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!muted) stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: stdin, output, terminal: stdin.isTTY === true });
  // Where lines come faster than questions, none may be lost.
  const answers = lines[Symbol.asyncIterator]();
  const closed = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  closed.catch(() => {});
  // In a terminal of its own, readline takes Ctrl-C for itself.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));

  async function answer(question: string): Promise<string> {
    const line = await Promise.race([answers.next(), closed]);
    if (line.done) throw new CliError(`There is no answer to "${question}" on stdin.`);
    return line.value;
  }

  return {
    async ask(question) {
      if (stdin.isTTY) {
        lines.setPrompt(`${question}: `);
        lines.prompt();
      }
      return (await answer(question)).trim();
    },
    async askSecret(question) {
      if (!stdin.isTTY) return answer(question);
      stderr.write(`${question}: `);
      muted = true;
      try {
        lines.setPrompt('');
        lines.prompt();
        return await answer(question);
      } finally {
        muted = false;
        stderr.write('\n');
      }
    },
    [Symbol.dispose]: () => lines.close(),
  };
}
