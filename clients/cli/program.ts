// The command line as a tree: every command, its options, examples, and how mistakes are told.
import { Command } from 'commander';
import type { Context } from './context.ts';
import { version } from './version.ts';

const EXAMPLES = `
Examples:
  court login --guest Ada
  court room list --public
  court send lobby "Hello, everybody"
  court tail lobby
  court upload plan.pdf --room lobby
  court search 'opening night' from:ada
  court recap lobby --range week
  court announce "The gate closes at nine." --all
  court export --room lobby | head
  court import --format irc logs/*.txt --room ubuntu

Environment:
  COURT_URL    the hub, e.g. http://127.0.0.1:3000
  COURT_TOKEN  an access token, used instead of what "court login" keeps
`;

/** In the order in which help shows them; each is loaded when it is wanted, which saves a third of the time until one begins. */
const commands: Readonly<Record<string, () => Promise<(context: Context) => Command>>> = {
  login: async () => (await import('./commands/login.ts')).loginCommand,
  logout: async () => (await import('./commands/logout.ts')).logoutCommand,
  room: async () => (await import('./commands/room.ts')).roomCommand,
  tail: async () => (await import('./commands/tail.ts')).tailCommand,
  send: async () => (await import('./commands/send.ts')).sendCommand,
  upload: async () => (await import('./commands/upload.ts')).uploadCommand,
  download: async () => (await import('./commands/download.ts')).downloadCommand,
  files: async () => (await import('./commands/files.ts')).filesCommand,
  search: async () => (await import('./commands/search.ts')).searchCommand,
  recap: async () => (await import('./commands/recap.ts')).recapCommand,
  notify: async () => (await import('./commands/notify.ts')).notifyCommand,
  announce: async () => (await import('./commands/announce.ts')).announceCommand,
  trace: async () => (await import('./commands/trace.ts')).traceCommand,
  outbox: async () => (await import('./commands/outbox.ts')).outboxCommand,
  user: async () => (await import('./commands/user.ts')).userCommand,
  ban: async () => (await import('./commands/ban.ts')).banCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  stats: async () => (await import('./commands/stats.ts')).statsCommand,
  top: async () => (await import('./commands/top.ts')).topCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  retention: async () => (await import('./commands/retention.ts')).retentionCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  bot: async () => (await import('./commands/bot.ts')).botCommand,
  hook: async () => (await import('./commands/hook.ts')).hookCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  backup: async () => (await import('./commands/backup.ts')).backupCommand,
  restore: async () => (await import('./commands/restore.ts')).restoreCommand,
  checkconfig: async () => (await import('./commands/checkconfig.ts')).checkconfigCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  'search-index': async () => (await import('./commands/search-index.ts')).searchIndexCommand,
  links: async () => (await import('./commands/links.ts')).linksCommand,
  link: async () => (await import('./commands/links.ts')).linkCommand,
  unlink: async () => (await import('./commands/links.ts')).unlinkCommand,
  integrations: async () => (await import('./commands/links.ts')).integrationsCommand,
};

/** Words for the same. */
const aliases: Readonly<Record<string, string>> = { rooms: 'room', users: 'user', bans: 'ban' };

/** @param args what was typed after `court` */
export async function createProgram(context: Context, args: readonly string[]): Promise<Command> {
  const program = new Command('court')
    .description('First Court on the command line: talk, watch, import, export, administer.')
    .version(version, '-V, --version')
    .option('--url <url>', 'the hub; else COURT_URL, else where you signed in last')
    .option('--json', 'JSON on stdout and nothing else')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: text => context.terminal.stdout.write(text),
      writeErr: text => context.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'court: ')),
    })
    .exitOverride()
    .addHelpText('after', EXAMPLES)
    .hook('preAction', (_, command) => {
      const { url, json } = command.optsWithGlobals<{ url?: string; json?: boolean }>();
      context.url = url;
      context.terminal.json = json ?? false;
    });
  const [typed = ''] = args.filter((arg, i) => !arg.startsWith('-') && args[i - 1] !== '--url');
  const first = Object.hasOwn(aliases, typed) ? (aliases[typed] as string) : typed;
  const only = Object.hasOwn(commands, first) ? commands[first] : undefined;
  for (const load of only ? [only] : Object.values(commands)) {
    program.addCommand(inherit(program, (await load())(context)));
  }
  if (only) return program;
  const { completionCommand } = await import('./commands/completion.ts');
  return program.addCommand(inherit(program, completionCommand(context, program)));
}

/** Commands made apart from the program do not take over how it tells mistakes. */
function inherit(program: Command, command: Command): Command {
  command.copyInheritedSettings(program);
  for (const inner of command.commands) inherit(program, inner);
  return command;
}
