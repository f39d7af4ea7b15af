// `court search-index`: how the index in Elasticsearch stands, and making it anew while searches go on.
import { Command } from 'commander';
import { createIndexSource } from '../../../server/store/queries/indexing.ts';
import { createUpkeepStore } from '../../../server/store/queries/upkeep.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { openOperatorStore, operatorConfig } from '../operator.ts';
import { examples } from '../options.ts';
import { openRowProgress } from '../row-progress.ts';
import { printableLine, table } from '../terminal.ts';

/** One rebuild at a time; another may begin so many seconds after this one was killed. */
const LEASE = 'search index rebuild';
const LEASE_SECONDS = 30;
const RENEW_MS = 5000;
/** Between two lines of progress with --json. */
const TELL_MS = 1000;

export function searchIndexCommand(context: Context): Command {
  return new Command('search-index')
    .description('look after the index in Elasticsearch (operator)')
    .addCommand(statusCommand(context))
    .addCommand(rebuildCommand(context));
}

function statusCommand(context: Context): Command {
  return new Command('status')
    .description('its indices: which one answers, how many messages it holds, how much it has still to read')
    .addHelpText('after', examples('court search-index status', 'court search-index status --json'))
    .action(async () => {
      const url = addressOf(context);
      await using db = await openOperatorStore(context);
      const { report } = await import('../../../server/search/elasticsearch/rebuild.ts');
      const indices = await report({ url, source: createIndexSource(db) });
      const role = (one: (typeof indices)[number]) =>
        one.current ? 'answers' : one.outdated ? 'of another version' : 'not in use, or being built';
      await context.terminal.result({ indices }, () =>
        indices.length === 0
          ? 'There is no index yet: a hub makes one when it starts, or "court search-index rebuild".'
          : table([
              ['index', 'messages', 'behind', ''],
              ...indices.map(one => [one.name, `${one.documents}`, `${one.behind}`, role(one)]),
            ]),
      );
    });
}

function rebuildCommand(context: Context): Command {
  return new Command('rebuild')
    .description('build a new index beside the old one, then let it answer; nothing is missed meanwhile')
    .addHelpText(
      'after',
      `${examples('court search-index rebuild', 'court search-index rebuild --json')}

Hubs may run, and searches are answered by the old index until the new one holds everything. When it is interrupted, the
old one goes on; the next run clears away what was begun.`,
    )
    .action(async () => {
      const url = addressOf(context);
      const { terminal } = context;
      await using db = await openOperatorStore(context);
      const { rebuild } = await import('../../../server/search/elasticsearch/rebuild.ts');
      const upkeep = createUpkeepStore(db);
      const me = `court ${process.pid} ${crypto.randomUUID().slice(0, 8)}`;
      const hold = async () => {
        if (await upkeep.takeLease(LEASE, me, LEASE_SECONDS)) return;
        throw new CliError(
          `Another "court search-index rebuild" is at work, or was killed less than ${LEASE_SECONDS} s ago.`,
        );
      };
      await hold();
      const began = performance.now();
      let renewed = began;
      let told = began;
      try {
        using bar = openRowProgress(terminal, 'Indexing');
        const rebuilt = await rebuild({
          url,
          source: createIndexSource(db),
          signal: terminal.signal,
          log: {
            ...SILENT,
            error: (fields, line) => terminal.note(printableLine(`${line} ${JSON.stringify(fields)}`)),
          },
          async progress(done, total) {
            bar.rows(done, total);
            const now = performance.now();
            if (now - renewed > RENEW_MS) {
              await hold();
              renewed = now;
            }
            if (!terminal.json || now - told < TELL_MS) return;
            told = now;
            await terminal.result({ done, total }, '');
          },
        });
        const seconds = Number(((performance.now() - began) / 1000).toFixed(2));
        const { index, indexed, dead, dropped } = rebuilt;
        await terminal.result(
          { ...rebuilt, seconds },
          [
            `${index} answers now, with ${indexed} messages, built in ${seconds} s.`,
            ...(dead > 0 ? [`Left out, since Elasticsearch refuses them: ${dead}.`] : []),
            ...dropped.map(name => `Gone: ${name}.`),
          ].join('\n'),
        );
      } finally {
        await upkeep.endLease(LEASE, me);
      }
    });
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {} };

/** @throws CliError when there is none */
function addressOf(context: Context): string {
  const { elasticsearchUrl } = operatorConfig(context);
  if (elasticsearchUrl) return elasticsearchUrl;
  throw new CliError(
    'There is no Elasticsearch: set ELASTICSEARCH_URL. Without it the database finds messages.',
  );
}
