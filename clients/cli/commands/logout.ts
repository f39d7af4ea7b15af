// `court logout`: ends the session at the hub and forgets it here.
import { Command } from 'commander';
import { createApi } from '../api.ts';
import type { Context } from '../context.ts';
import { CliError, explain } from '../errors.ts';

export function logoutCommand(context: Context): Command {
  return new Command('logout').description('sign out and forget the sign-in').action(async () => {
    const { terminal, credentials, signal } = context;
    const url = await context.resolveUrl();
    const kept = await credentials.at(url);
    if (!kept) throw new CliError(`You are not signed in at ${url}.`);
    // Forgotten first: a hub that is gone must not keep anyone signed in here.
    await credentials.forget(url);
    const ended = await createApi(url, signal)
      .logout(kept)
      .then(
        () => true,
        error => {
          terminal.note(`court: the hub was not told: ${explain(error)}`);
          return false;
        },
      );
    await terminal.result({ url, ended }, `Signed out at ${url}.`);
  });
}
