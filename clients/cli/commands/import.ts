// `court import`: a chat log from elsewhere, or an export, into a room of the hub's database; or the records of a legal export (operator).
import { Command, InvalidArgumentError, Option } from 'commander';
import { roomKind } from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import type { Context } from '../context.ts';
import { newFindings } from '../formats/entry.ts';
import { type Format, formats, openSource } from '../formats/index.ts';
import { type ImportReport, importLog } from '../importer.ts';
import { openOperatorStore } from '../operator.ts';
import { day, examples, parsed, roomArgument, several } from '../options.ts';
import { importLegal } from './legal.ts';

interface Options {
  format?: Format;
  room?: string;
  date?: string;
  channel?: string;
  title?: string;
  kind?: string;
  as?: string;
  dryRun?: boolean;
  legal?: true;
  by?: string;
  rename?: [string, string][];
  admins?: true;
}

/** `OLD=NEW` */
function pair(text: string): [string, string] {
  const [from = '', to = '', ...more] = text.split('=');
  if (more.length > 0) throw new InvalidArgumentError('It is not OLD=NEW.');
  return [roomArgument(from), roomArgument(to)];
}

export function importCommand(context: Context): Command {
  return new Command('import')
    .description('import a chat log into a room (operator)')
    .argument('<file...>', 'the log; for Slack, the folder of the unpacked export; with --legal, its folder')
    .addOption(new Option('--format <format>', 'what it is').choices(formats))
    .option('--room <room>', 'where to; made if it is not there', roomArgument)
    .option('--date <day>', 'irc: day of the first line, else taken from the file name', day)
    .option('--channel <name>', 'slack: which channel of the export')
    .option('--title <title>', 'of a room that is made', parsed(p.title))
    .addOption(new Option('--kind <kind>', 'of a room that is made').choices(['public', 'private']))
    .option('--as <user>', 'who makes the room; else whom an export names, else admin', parsed(p.userId))
    .option('--dry-run', 'read it all and write nothing')
    .option('--legal', 'the rooms of a legal export, entry by entry as they were')
    .option('--by <user>', 'legal: who does it, for the audit log; else admin', parsed(p.userId))
    .option('--rename <old=new>', 'legal: give a room another id; may be given again', several(pair))
    .option('--admins', 'legal: administrators of that hub become administrators of this one; else members')
    .addHelpText(
      'after',
      `${examples(
        'court import --format irc logs/2004-11-15.txt logs/2004-11-16.txt --room ubuntu',
        'court import --format slack ./export --channel general --room general',
        'court import --format jsonl lobby.jsonl --room lobby-copy',
        'court import --legal records --rename lobby=lobby-2026',
      )}

JSON lines are an export ("court export"), or written by you:
  {"at": "2026-01-31T12:00:00Z", "by": "ada", "text": "Hello", "name": "Ada"}
Nicks and handles become user ids as they are. To import again adds only what is new.`,
    )
    .action(
      async (
        files: string[],
        { room, format, date, channel, dryRun, ...options }: Options,
        command: Command,
      ) => {
        if (options.legal) {
          const [folder, ...more] = files;
          if (folder === undefined || more.length > 0) return command.error('error: name one folder');
          const { by = 'admin', rename = [], admins = false } = options;
          return importLegal(context, {
            folder,
            by,
            renamed: new Map(rename),
            admins,
            dryRun: dryRun ?? false,
          });
        }
        if (format === undefined)
          return command.error("error: required option '--format <format>' not specified");
        if (room === undefined) return command.error("error: required option '--room <room>' not specified");
        const source = openSource(files, { format, room, date, channel });
        const { terminal } = context;
        if (dryRun) {
          const findings = newFindings();
          let entries = 0;
          for await (const _ of source(findings)) entries++;
          const skipped = Object.fromEntries(findings.skipped);
          const people = findings.people.size;
          await terminal.result(
            { room, dryRun, entries, people, skipped },
            [
              `Would import ${entries} entries of ${people} people into ${room}.`,
              ...list('Skipped', skipped),
            ].join('\n'),
          );
          return;
        }
        const kind = options.kind === undefined ? undefined : roomKind.parse(options.kind);
        await using db = await openOperatorStore(context);
        const began = performance.now();
        const report = await importLog(db, source, {
          room,
          terminal,
          title: options.title,
          kind,
          as: options.as,
        });
        const seconds = Number(((performance.now() - began) / 1000).toFixed(2));
        await terminal.result({ ...report, seconds }, () => describe(report, seconds));
      },
    );
}

function describe(report: ImportReport, seconds: number): string {
  const { room, created, imported, duplicates, unchanged, people } = report;
  return [
    `Imported ${imported} entries of ${people} people into ${room}${created ? ', a new room,' : ''} in ${seconds} s.`,
    ...(duplicates > 0 ? [`There already: ${duplicates}.`] : []),
    ...(unchanged > 0 ? [`Changed nothing: ${unchanged} joins and parts.`] : []),
    ...list('Skipped', report.skipped),
    ...list('Refused', report.refused),
  ].join('\n');
}

function list(what: string, counts: Record<string, number>): string[] {
  return Object.entries(counts).map(([reason, count]) => `${what}: ${count} (${reason}).`);
}
