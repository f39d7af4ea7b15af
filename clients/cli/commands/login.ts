// `court login`: with e-mail and password, as a guest, by a token or by a one-time link, and keeps what it got.
import { Command } from 'commander';
import * as p from '../../../shared/protocol/primitives.ts';
import { createApi } from '../api.ts';
import type { Context } from '../context.ts';
import type { SignIn } from '../credentials.ts';
import { CliError } from '../errors.ts';
import { examples, parsed } from '../options.ts';
import { openPrompt } from '../prompt.ts';
import { normalUrl } from '../session.ts';

interface Options {
  email?: string;
  guest?: string;
  token?: string;
  link?: string;
}

export function loginCommand(context: Context): Command {
  return new Command('login')
    .description('sign in and remember it')
    .option(
      '--email <address>',
      'with this address; the password is asked for, or is the first line of stdin',
    )
    .option('--guest <name>', 'as a guest of this name', parsed(p.userName))
    .option('--token <token>', 'with an access token, e.g. of a bot; "-" reads it from stdin')
    .option('--link <url>', 'by the one-time link that "npm start" prints')
    .addHelpText(
      'after',
      examples(
        'court login',
        'court login --guest Ada --url http://127.0.0.1:3000',
        'court login --link "http://127.0.0.1:3000/#signin=…"',
        'court token --user deploy --role bot | court login --token -',
      ),
    )
    .action(async (options: Options) => {
      if (Object.keys(options).length > 1)
        throw new CliError('Choose one of --email, --guest, --token and --link.');
      const { terminal, credentials } = context;
      const link = options.link === undefined ? undefined : parseLink(options.link);
      const url = context.url === undefined && link ? link.url : await context.resolveUrl();
      const signIn = await ask(context, url, options, link?.secret);
      await credentials.save(url, signIn, { current: true });
      const { user } = signIn;
      await terminal.result(
        { url, user, file: credentials.file },
        `Signed in at ${url} as ${user.name} (${user.role}).`,
      );
    });
}

async function ask(
  context: Context,
  url: string,
  options: Options,
  secret: string | undefined,
): Promise<SignIn> {
  const api = createApi(url, context.signal);
  if (secret !== undefined) return api.link(secret);
  if (options.guest !== undefined) return api.guest(options.guest);
  if (options.token !== undefined && options.token !== '-') return api.token(options.token);
  using prompt = openPrompt(context.stdin, context.stderr, context.signal);
  if (options.token === '-') return api.token((await prompt.ask('Token')).trim());
  const email = options.email ?? (await prompt.ask('E-mail'));
  return api.login({ email, password: await prompt.askSecret('Password') });
}

/** `http://host/#signin=SECRET` */
function parseLink(link: string): { url: string; secret: string } {
  const [address = '', hash = ''] = link.split('#', 2);
  const secret = new URLSearchParams(hash).get('signin');
  if (!secret) throw new CliError('This is no sign-in link: it would end with #signin=…');
  return { url: normalUrl(address), secret };
}
