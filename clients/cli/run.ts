// The process around `court`: its arguments, its signals and its exit code.
import { setMaxListeners } from 'node:events';
import { CommanderError } from 'commander';
import { createContext } from './context.ts';
import { CliError, explain } from './errors.ts';
import { createProgram } from './program.ts';

const stop = new AbortController();
// A replay waits for it hundreds of times at once.
setMaxListeners(0, stop.signal);
let exitCode = 0;

function end(code: number): void {
  // Who asks twice does not want to wait.
  if (stop.signal.aborted) process.exit(code);
  exitCode = code;
  stop.abort(new CliError('Interrupted.', { exitCode: code }));
}

process.on('SIGINT', () => end(130));
process.on('SIGTERM', () => end(143));
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // `court export | head`: whoever reads has enough.
    if (!stop.signal.aborted) end(0);
  });
}

try {
  const program = await createProgram(createContext(process, stop.signal), process.argv.slice(2));
  await program.parseAsync(process.argv);
} catch (error) {
  // Once interrupted, whatever fails does so because of that.
  if (!stop.signal.aborted) {
    const line = error instanceof CommanderError ? '' : explain(error);
    // Without words: they were said already.
    if (line !== '') process.stderr.write(`court: ${line}\n`);
    exitCode = error instanceof CliError || error instanceof CommanderError ? error.exitCode : 1;
  }
}
process.exitCode = exitCode;
