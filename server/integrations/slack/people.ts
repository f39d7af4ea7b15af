// The people of the workspace: their names for what they say, and their e-mail addresses to introduce them to the hub by.
import { Unreachable } from '../../hub/errors.ts';
import type { Context } from './context.ts';
import { type Profile, type SlackUser, user as userShape } from './events.ts';
import { troubleOf } from './trouble.ts';

export type People = ReturnType<typeof createPeople>;

const PAGE = 200;
/** Milliseconds for which a look at who is linked holds for those who were not. */
const HOLDS = 2000;

export function createPeople({ clients, court, standing, log }: Context) {
  const names = new Map<string, string>();
  /** Slack id of hub users, and back; as it was at the last sweep or introduction. */
  let users = new Map<string, string>();
  let ids = new Map<string, string>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  function note({ id, name, profile }: SlackUser): void {
    names.set(id, nameOf(profile) ?? name ?? id);
  }

  async function linked(): Promise<void> {
    lookedAt = performance.now();
    const people = await court.people();
    users = new Map(people.map(({ id, user }) => [id, user]));
    ids = new Map(people.map(({ id, user }) => [user, id]));
  }

  /** By the verified address alone: anybody may write any other into a profile. */
  async function introduce({ id, deleted, is_bot, is_email_confirmed, profile }: SlackUser): Promise<void> {
    if (deleted || is_bot || !is_email_confirmed || !profile.email || users.has(id)) return;
    await court.introduce({ id, email: profile.email });
  }

  return {
    note,
    introduce,
    linked,
    /** The next stranger is looked up anew. */
    changed() {
      lookedAt = Number.NEGATIVE_INFINITY;
    },
    /** Who stands behind a Slack id here. */
    userOf: (id: string) => users.get(id),
    slackIdOf: (user: string) => ids.get(user),
    /** Looks again at who is linked when one of these is not: they may be by now. */
    async freshen({
      slack = [],
      hub = [],
    }: {
      slack?: readonly string[];
      hub?: readonly string[];
    }): Promise<void> {
      const strangers = slack.some(id => !users.has(id)) || hub.some(user => !ids.has(user));
      if (strangers && performance.now() - lookedAt > HOLDS) await linked();
    },
    /** Reads everybody, introduces whom it may, and hands each to `seen`. */
    async sweep(seen: (user: SlackUser) => void): Promise<void> {
      await linked();
      let cursor: string | undefined;
      do {
        const page = await clients.read.users.list({ limit: PAGE, ...(cursor && { cursor }) });
        for (const member of page.members ?? []) {
          const parsed = userShape.safeParse(member);
          if (!parsed.success) continue;
          note(parsed.data);
          seen(parsed.data);
          await introduce(parsed.data);
        }
        cursor = page.response_metadata?.next_cursor;
      } while (cursor);
      await linked();
    },
    /** Never fails: somebody whom Slack does not tell us about is called by their id. */
    async nameOf(id: string): Promise<string> {
      const known = names.get(id);
      if (known !== undefined) return known;
      try {
        const { user } = await clients.read.users.info({ user: id });
        const parsed = userShape.parse(user);
        note(parsed);
        await introduce(parsed);
        return names.get(id) ?? id;
      } catch (error) {
        if (error instanceof Unreachable) throw error;
        const trouble = troubleOf(error);
        if (trouble.kind === 'refused') names.set(id, id);
        else standing.trouble('people', trouble, 'Reading people');
        log.debug({ err: error, id }, 'somebody at Slack has no name yet');
        return id;
      }
    },
    /** As it is now known; the id itself until then. */
    known: (id: string) => names.get(id) ?? id,
  };
}

function nameOf({ display_name, real_name }: Profile): string | undefined {
  return display_name?.trim() || real_name?.trim() || undefined;
}
