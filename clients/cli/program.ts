// The command line as a tree: every command, its options, examples, and how mistakes are told.
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { backupCommand } from './commands/backup.ts';
import { checkconfigCommand } from './commands/checkconfig.ts';
import { completionCommand } from './commands/completion.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { integrationsCommand, linkCommand, linksCommand, unlinkCommand } from './commands/links.ts';
import { loginCommand } from './commands/login.ts';
import { logoutCommand } from './commands/logout.ts';
import { migrateCommand } from './commands/migrate.ts';
import { recapCommand } from './commands/recap.ts';
import { replayCommand } from './commands/replay.ts';
import { restoreCommand } from './commands/restore.ts';
import { roomsCommand } from './commands/rooms.ts';
import { searchCommand } from './commands/search.ts';
import { sendCommand } from './commands/send.ts';
import { tailCommand } from './commands/tail.ts';
import { tokenCommand } from './commands/token.ts';
import type { Context } from './context.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const EXAMPLES = `
Examples:
  court login --guest Ada
  court rooms --public
  court send lobby "Hello, everybody"
  court tail lobby
  court search 'opening night' from:ada
  court recap lobby --range week
  court export --room lobby | head
  court import --format irc logs/*.txt --room ubuntu

Environment:
  COURT_URL    the hub, e.g. http://127.0.0.1:3000
  COURT_TOKEN  an access token, used instead of what "court login" keeps
`;

export function createProgram(context: Context): Command {
  const program = new Command('court')
    .description('First Court on the command line: talk, watch, import, export, administer.')
    .version(version, '-V, --version')
    .option('--url <url>', 'the hub; else COURT_URL, else where you signed in last')
    .option('--json', 'JSON on stdout and nothing else')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'court: ')) })
    .exitOverride()
    .addHelpText('after', EXAMPLES)
    .hook('preAction', (_, command) => {
      const { url, json } = command.optsWithGlobals<{ url?: string; json?: boolean }>();
      context.url = url;
      context.terminal.json = json ?? false;
    });
  const commands = [
    loginCommand,
    logoutCommand,
    roomsCommand,
    tailCommand,
    sendCommand,
    searchCommand,
    recapCommand,
    importCommand,
    exportCommand,
    replayCommand,
    tokenCommand,
    migrateCommand,
    backupCommand,
    restoreCommand,
    checkconfigCommand,
    doctorCommand,
    linksCommand,
    linkCommand,
    unlinkCommand,
    integrationsCommand,
  ];
  for (const create of commands) program.addCommand(inherit(program, create(context)));
  return program.addCommand(inherit(program, completionCommand(context, program)));
}

/** Commands made apart from the program do not take over how it tells mistakes. */
function inherit(program: Command, command: Command): Command {
  command.copyInheritedSettings(program);
  for (const inner of command.commands) inherit(program, inner);
  return command;
}
