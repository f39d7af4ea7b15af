// One call of `court`, from its arguments to its exit code; what is around it, a process or a test, is handed in.
import { CommanderError } from 'commander';
import { createContext, type Surroundings } from './context.ts';
import { CliError, explain } from './errors.ts';
import { createProgram } from './program.ts';

/**
 * @param args what was typed after `court`
 * @param signal aborted when whoever called wants no more of it; what fails then does so because of that
 * @returns the exit code, as far as the signal does not decide it
 */
export async function perform(
  args: readonly string[],
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  try {
    const program = await createProgram(createContext(surroundings, signal), args);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (signal.aborted) return 0;
    const line = error instanceof CommanderError ? '' : explain(error);
    // Without words: they were said already.
    if (line !== '') surroundings.stderr.write(`court: ${line}\n`);
    return error instanceof CliError || error instanceof CommanderError ? error.exitCode : 1;
  }
}
