// The process around `court`: its arguments, its signals and its exit code.
import { setMaxListeners } from 'node:events';
import { CliError } from './errors.ts';
import { perform } from './perform.ts';

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

const code = await perform(process.argv.slice(2), process, stop.signal);
process.exitCode = exitCode || code;
