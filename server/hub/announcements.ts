// Announcements as admins make and watch them and as people answer them. What time does to them is in announcement-job.ts.
import { hash } from 'node:crypto';
import { followUpOf } from '#shared/follow-up.ts';
import type { Audience } from '#shared/protocol/announcements.ts';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import type { AnnouncementBook } from './announcement-book.ts';
import type { Bus } from './bus.ts';
import { HubError, notFound } from './errors.ts';
import { createGroupCommit } from './group-commit.ts';
import { mayOrThrow } from './policy.ts';
import type { Actor, Log } from './ports.ts';
import type { AnnouncementStore, Answer, NewAnnouncement } from './ports-announcements.ts';

/** Answers in one statement. */
const ANSWERS = 500;
/** Seconds between two reminders by hand. */
const REMIND = 60;

type Wanted = Omit<NewAnnouncement, 'digest'>;

export type Announcements = ReturnType<typeof createAnnouncements>;

export function createAnnouncements(deps: {
  store: AnnouncementStore;
  book: AnnouncementBook;
  bus: Bus;
  watch(id: string, socket: string, on: boolean): void;
  log: Log;
}) {
  const { store, book, bus, log } = deps;
  const answers = createGroupCommit<Answer, Awaited<ReturnType<AnnouncementStore['answered']>>[number]>({
    name: 'answers to announcements',
    log,
    group: ANSWERS,
    run: items => store.answered(items),
  });

  /** Something began or changed: told here and elsewhere, without keeping who did it waiting. */
  const changed = () => {
    book.sync().catch(error => log.warn({ err: error }, 'an announcement waits for the next look'));
    bus.publish('announcement', {});
  };

  const answer = async (actor: Actor, id: string, dismiss: boolean) => {
    const outcome = await answers.add({ id, user: actor.id, dismiss });
    if ('error' in outcome) throw new HubError(outcome.error.code, outcome.error.message);
    if (!outcome.fresh) return;
    const gone = { id, users: [actor.id], reason: dismiss ? 'dismissed' : 'acknowledged' } as const;
    book.gone(id, gone.users, gone.reason);
    bus.publish('announcement', { gone });
  };

  /** @param asked what must be the same under the same key */
  const make = async (announcement: Wanted, asked: Wanted = announcement) => {
    const { fresh, ...made } = await store.announce({ ...announcement, digest: digestOf(asked) });
    if (fresh) {
      log.info(
        { announcement: made.id, by: announcement.by, people: made.audience },
        'an announcement was made',
      );
      if (made.state === 'running') changed();
    }
    return made;
  };

  return {
    async send(actor: Actor, input: ParsedInput<'announce:send'>): Promise<CallData<'announce:send'>> {
      mayOrThrow(actor, 'announce');
      const { followUp, ...rest } = input;
      const { id, audience, state } = await make({
        ...rest,
        by: actor.id,
        followUp: followUpOf(input.level, input.requireAck, followUp),
      });
      return { id, audience, state };
    },

    /** By an owner or moderator of the room, whose word another service brings. */
    async inRoom(
      by: string,
      room: string,
      words: { key: string; text: string; until: string },
    ): Promise<void> {
      const audience = { rooms: [room] };
      const wanted = {
        ...words,
        by,
        level: 'info',
        audience,
        requireAck: false,
        followUp: {},
        keeper: true,
      } as const;
      // The service may bring the same again later, and then it would end later.
      await make(wanted, { ...wanted, until: undefined });
    },

    async ack(actor: Actor, { id }: ParsedInput<'announce:ack'>): Promise<CallData<'announce:ack'>> {
      await answer(actor, id, false);
      return {};
    },
    async dismiss(
      actor: Actor,
      { id }: ParsedInput<'announce:dismiss'>,
    ): Promise<CallData<'announce:dismiss'>> {
      await answer(actor, id, true);
      return {};
    },

    async status(
      actor: Actor,
      socket: string,
      { id, watch, ...page }: ParsedInput<'announce:status'>,
    ): Promise<CallData<'announce:status'>> {
      mayOrThrow(actor, 'announce');
      const status = await store.status(id, page);
      if (!status) throw notFound('There is no such announcement.');
      if (watch !== undefined) deps.watch(id, socket, watch);
      return status;
    },

    async list(actor: Actor, input: ParsedInput<'announce:list'>): Promise<CallData<'announce:list'>> {
      mayOrThrow(actor, 'announce');
      return { announcements: await store.list(input) };
    },

    async cancel(actor: Actor, { id }: ParsedInput<'announce:cancel'>): Promise<CallData<'announce:cancel'>> {
      mayOrThrow(actor, 'announce');
      await store.cancel(id, actor.id);
      changed();
      return {};
    },

    async remind(actor: Actor, { id }: ParsedInput<'announce:remind'>): Promise<CallData<'announce:remind'>> {
      mayOrThrow(actor, 'announce');
      const reminded = await store.remind(id, actor.id, REMIND);
      changed();
      return { reminded };
    },

    /** Finishes the answers that were begun. */
    close: () => answers[Symbol.asyncDispose](),
  };
}

/** The order in which rooms or people are named does not matter. */
function digestOf({ key: _, by: __, audience, followUp, ...rest }: Wanted): string {
  const lists = Object.entries(audience).map(([name, list]) => [
    name,
    Array.isArray(list) ? list.toSorted() : list,
  ]);
  const { text, level, requireAck, from, until } = rest;
  const steps = Object.entries(followUp).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const asked = [text, level, Object.fromEntries(lists) as Audience, requireAck, from, until, steps];
  return hash('sha256', JSON.stringify(asked), 'base64url');
}
