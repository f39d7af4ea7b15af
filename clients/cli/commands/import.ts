// `court import`: a chat log from elsewhere, or an export, into a room of the hub's database (operator).
import { Command, Option } from 'commander';
import { roomKind } from '../../../shared/protocol/models.ts';
import * as p from '../../../shared/protocol/primitives.ts';
import type { Context } from '../context.ts';
import { newFindings } from '../formats/entry.ts';
import { type Format, formats, openSource } from '../formats/index.ts';
import { type ImportReport, importLog } from '../importer.ts';
import { openOperatorStore } from '../operator.ts';
import { day, examples, parsed, roomArgument } from '../options.ts';

interface Options {
  format: Format;
  room: string;
  date?: string;
  channel?: string;
  title?: string;
  kind?: string;
  as?: string;
  dryRun?: boolean;
}

export function importCommand(context: Context): Command {
  return new Command('import')
    .description('import a chat log into a room (operator)')
    .argument('<file...>', 'the log; for Slack, the folder of the unpacked export')
    .addOption(new Option('--format <format>', 'what it is').choices(formats).makeOptionMandatory())
    .requiredOption('--room <room>', 'where to; made if it is not there', roomArgument)
    .option('--date <day>', 'irc: day of the first line, else taken from the file name', day)
    .option('--channel <name>', 'slack: which channel of the export')
    .option('--title <title>', 'of a room that is made', parsed(p.title))
    .addOption(new Option('--kind <kind>', 'of a room that is made').choices(['public', 'private']))
    .option('--as <user>', 'who makes the room; else whom an export names, else admin', parsed(p.userId))
    .option('--dry-run', 'read it all and write nothing')
    .addHelpText(
      'after',
      `${examples(
        'court import --format irc logs/2004-11-15.txt logs/2004-11-16.txt --room ubuntu',
        'court import --format slack ./export --channel general --room general',
        'court import --format jsonl lobby.jsonl --room lobby-copy',
      )}

JSON lines are an export ("court export"), or written by you:
  {"at": "2026-01-31T12:00:00Z", "by": "ada", "text": "Hello", "name": "Ada"}
Nicks and handles become user ids as they are. To import again adds only what is new.`,
    )
    .action(async (files: string[], { room, format, date, channel, dryRun, ...options }: Options) => {
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
    });
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
