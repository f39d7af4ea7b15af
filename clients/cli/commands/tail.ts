// `court tail`: the newest messages of a room and then all that comes, each once, across lost connections.
import { EventEmitter, on } from 'node:events';
import { Command } from 'commander';
import type { LogEvent } from '../../../shared/protocol/events.ts';
import type { Message } from '../../../shared/protocol/models.ts';
import { applyEvent } from '../../../shared/room-state.ts';
import type { Court, Room } from '../../js/types.ts';
import type { Context } from '../context.ts';
import { openCourt } from '../court.ts';
import { CliError } from '../errors.ts';
import { examples, roomArgument, wholeNumber } from '../options.ts';
import { createTranscript, type Transcript } from '../transcript.ts';

interface Options {
  lines: number;
  follow: boolean;
  events?: boolean;
}

export function tailCommand(context: Context): Command {
  return new Command('tail')
    .description('show the newest messages of a room and follow it')
    .argument('<room>', 'id of the room', roomArgument)
    .option('-n, --lines <count>', 'messages to begin with', wholeNumber(0), 20)
    .option('--no-follow', 'end after these')
    .option('--events', 'follow every entry of the log, not the messages alone')
    .addHelpText(
      'after',
      examples(
        'court tail lobby',
        'court tail lobby -n 100 --no-follow',
        'court tail lobby --json | jq .text',
      ),
    )
    .action(async (id: string, options: Options) => {
      await using court = await openCourt(await context.session(), context.signal);
      const room = court.room(id);
      // Heard from before the join on, so that nothing falls between the first page and what comes live.
      using news = listen(court, room, context.signal);
      await room.join();
      const transcript = createTranscript(context.terminal, room);
      let shown = room.snapshot.head;
      for (const message of await newest(room, options.lines)) {
        await transcript.message(message);
        shown = Math.max(shown, message.seq);
      }
      if (!options.follow) return;
      for await (const item of news.items) {
        if (item.kind === 'end') throw item.error;
        if (item.kind === 'note') context.terminal.note(item.text);
        if (item.kind === 'missed') {
          const known = shown;
          for (const message of room.messages.filter(({ seq }) => seq > known))
            await transcript.message(message);
          shown = Math.max(shown, item.to);
        }
        if (item.kind === 'event' && item.event.seq > shown) {
          shown = item.event.seq;
          await show(item.event, { context, transcript, room: id, all: options.events === true });
        }
      }
    });
}

type News =
  | { kind: 'event'; event: LogEvent }
  /** The log could not be read from where we stopped: the room holds the newest page instead. */
  | { kind: 'missed'; to: number }
  | { kind: 'note'; text: string }
  | { kind: 'end'; error: Error };

/** All that happens to the room, in order, as fast as it can be shown. */
function listen(court: Court, room: Room, signal: AbortSignal): { items: AsyncIterable<News> } & Disposable {
  const bus = new EventEmitter();
  const tell = (news: News) => bus.emit('news', news);
  const offs = [
    room.on('event', event => tell({ kind: 'event', event })),
    room.on('gap', ({ recovered, from, to }) => {
      if (recovered) return;
      tell({
        kind: 'note',
        text: `court: what came after entry ${from} could not be read again; here is the newest`,
      });
      tell({ kind: 'missed', to });
    }),
    room.on('removed', ({ reason }) =>
      tell({ kind: 'end', error: new CliError(`You are no longer in ${room.id}: ${reason}`) }),
    ),
    court.on('state', state => {
      if (state.status !== 'disconnected' || state.reason === 'closed') return;
      if (state.reason === 'stopped' && state.error) tell({ kind: 'end', error: state.error });
      else tell({ kind: 'note', text: 'court: the connection was lost; trying again' });
    }),
  ];
  const items = on(bus, 'news', { signal });
  return {
    items: (async function* () {
      for await (const [news] of items) yield news as News;
    })(),
    [Symbol.dispose]: () => {
      for (const off of offs) off();
    },
  };
}

interface Showing {
  context: Context;
  transcript: Transcript;
  room: string;
  all: boolean;
}

async function show(event: LogEvent, { context, transcript, room, all }: Showing): Promise<void> {
  const { terminal } = context;
  if (all && terminal.json) return terminal.result(event, '');
  if (event.type !== 'message.created' && event.type !== 'summary.posted') return transcript.change(event);
  const messages = new Map<string, Message>();
  applyEvent(messages, room, event);
  for (const message of messages.values()) await transcript.message(message);
}

/** Newest messages in order, read page by page. */
async function newest(room: Room, count: number): Promise<Message[]> {
  const pages: Message[] = [];
  let before: number | undefined;
  while (pages.length < count) {
    const limit = Math.min(200, count - pages.length);
    const page = await room.history({ limit, ...(before !== undefined && { before }) });
    pages.unshift(...page);
    before = page[0]?.seq;
    if (page.length < limit) break;
  }
  return pages;
}
