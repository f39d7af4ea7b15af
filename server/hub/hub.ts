// The domain in one piece: wires writer, feeds, presence and signals, and offers each family of calls by its noun.
import type { CallData } from '#shared/protocol/calls.ts';
import { createAdminHub } from './admin-hub.ts';
import { createBackground } from './background.ts';
import { createBots } from './bots.ts';
import { noBus } from './bus.ts';
import type { About } from './connections.ts';
import { createConsents } from './consents.ts';
import { forbidden, notFound } from './errors.ts';
import { createFileHub } from './file-hub.ts';
import { createFollowers } from './followers.ts';
import { createHookHub } from './hook-hub.ts';
import type { HubOptions } from './hub-options.ts';
import { createIntegrations } from './integrations.ts';
import { keepTime } from './keep-time.ts';
import { createLeases } from './lease.ts';
import { Ledger } from './ledger.ts';
import { createLedgerHub } from './ledger-hub.ts';
import { createLinks, type LinkChange } from './links.ts';
import { type Batch, createLogWriter } from './log-writer.ts';
import { createMessages } from './messages.ts';
import { createNotices } from './notices.ts';
import { isAdmin } from './policy.ts';
import type { Actor } from './ports.ts';
import type { Vendor } from './ports-integrations.ts';
import { noFileLinks } from './ports-links.ts';
import { createPresence } from './presence.ts';
import { LEASE } from './presence-book.ts';
import { createPressure, noPressure } from './pressure.ts';
import { createReachHub } from './reach-hub.ts';
import { createReadCursors } from './read-cursors.ts';
import { createRecordsHub } from './records-hub.ts';
import { createRoomFeeds } from './room-feeds.ts';
import { createRooms } from './rooms.ts';
import { createSearchHub } from './search-hub.ts';
import type { SignedIn } from './sessions.ts';
import { createSignals } from './signals.ts';
import { createSocketBook } from './socket-book.ts';
import { createSummaryHub } from './summary-hub.ts';

export type Hub = ReturnType<typeof createHub>;

/** A lost hint heals within this time, in ms. */
const POLL = 2000;
/** Milliseconds between two sweeps of what has run out. */
const SWEEP = 3_600_000;
/** Milliseconds between two shares of all presence claims: a third of their lease. */
const SHARE = LEASE / 3;

export function createHub(options: HubOptions) {
  const {
    store,
    sealer,
    outlet,
    meters,
    log,
    bus = noBus,
    node = 'hub',
    now = Date.now,
    presenceGrace = 10_000,
  } = options;
  const ledger = new Ledger({ store, node, log });
  const feeds = createRoomFeeds({
    store,
    outlet,
    log,
    handOvers: ledger,
    moved(room, user) {
      presence.moved(room, user);
      announcements.moved(user);
    },
  });
  const committed = (batches: Batch[]) => {
    feeds.offer(batches);
    grew(batches);
    admin.wrote(batches);
    files.pace.talked();
    bus.publish('log', batches);
  };
  const writer = createLogWriter({ store, meters, log, committed });
  const { load } = options;
  const pressure = load ? createPressure(writer) : noPressure;
  const deleted = () => files.gone();
  const messages = createMessages({ store, writer, deleted });
  const followers = createFollowers(log);
  const pollMs = options.pollMs ?? POLL;
  const grew = (batches: readonly Batch[]) => {
    followers.grew(batches);
    search.grew();
    bots.grew(batches);
    hooks.grew(batches);
  };
  const cursors = createReadCursors({ store, log });
  const presence = createPresence({
    feeds,
    outlet,
    bus,
    node,
    now,
    grace: presenceGrace,
    gone: user => signals.gone(user),
  });
  const signals = createSignals({ feeds, outlet, bus, online: presence.online, now });
  const background = createBackground(log);
  background.every(pollMs, 'compare heads', feeds.poll);
  background.every(pollMs, 'call the followers', followers.all);
  keepTime({ background, pressure, load, log, flush: [presence.flush, signals.flush] });

  const leases = createLeases({ store, background, node, now, log });
  leases.run({
    name: 'sweep',
    everyMs: SWEEP,
    async work() {
      log.info(await store.sweep(), 'swept what has run out');
    },
  });
  const sockets = createSocketBook();
  const search = createSearchHub({ ...options, background, leases, pollMs, now });
  const files = createFileHub({
    ...options,
    feeds,
    bus,
    background,
    leases,
    pressure,
    online: presence.online,
    wordsRead: search.wordsGrew,
    node,
    now,
  });
  const bots = createBots({
    ...{ store: options.botStore, feeds, sockets, outlet, bus, background, log, now },
    pollMs: options.pollMs,
    online: presence.online,
    sessionEnded: session => options.sessionEnded?.(session),
  });
  const summaries = createSummaryHub({ ...options, bus, now, writer, sockets, background, leases });
  const reach = createReachHub({ ...options, bus, sockets, background, leases, pollMs, now });
  const { announcements } = reach;
  const admin = createAdminHub({ ...options, feeds, sockets, bus, background, pressure, node, now });
  const posted = reach.outbox.wake;
  const hooks = createHookHub({ ...options, messages, pressure, leases, pollMs, posted, committed });
  const traces = createLedgerHub({ ...{ store, ledger, background, leases, log }, pollMs: options.pollMs });
  const records = createRecordsHub({ ...options, bus, sockets, leases, pressure, committed, deleted, now });
  const notices = createNotices({ ...options, presence, outbox: reach.outbox, leases, now });
  const linked = (vendor: Vendor, id: string, user: string) => linkChanged({ vendor, id, user, on: true });
  const integrations = createIntegrations({
    integrations: options.integrations ?? [],
    court: {
      store,
      sealer,
      messages,
      followers,
      log,
      online: presence.there,
      claimed: presence.claimed,
      linked,
      recap: summaries.whole,
      announce: announcements.inRoom,
    },
    leases,
    background,
    bus,
    node,
    now,
  });
  const heardLink = (change: LinkChange) => {
    integrations.linkChanged(change);
    if (!change.on) presence.unlinked(change.user, change.vendor);
  };
  const linkChanged = (change: LinkChange) => {
    heardLink(change);
    bus.publish('link', change);
  };
  const share = () => {
    presence.share();
    integrations.share();
  };
  background.every(SHARE, 'repeat to the other nodes who is there', share);
  bus.listen({
    log(batches) {
      feeds.offer(batches);
      grew(batches);
    },
    link: heardLink,
    integration: integrations.heardState,
    pushed: ({ vendor, about }) => options.pushed?.(about, vendor),
    presence: presence.heard,
    typing: signals.heardTyping,
    read: signals.heardRead,
    announcement: announcements.heard,
    reports: records.reports.heard,
    summary: summaries.heard,
    summaryCancelled: summaries.heardCancel,
    fileProgress: files.heardProgress,
    fileWanted: ({ file }) => files.heardWanted(file),
    sessionEnded: ({ session }) => options.sessionEnded?.(session),
    botPush: bots.heardPush,
    commandTaken: bots.commands.taken,
    draft: bots.streams.heard,
    look: admin.look,
    hello: share,
  });

  return {
    /** Asks the other nodes who is there, and begins with the vendors. Called once this node can be reached. */
    greet(): void {
      integrations.begin();
      admin.begin();
      bus.publish('hello', { node });
    },
    rooms: createRooms({ store, writer, feeds, presence, pressure, invited: bots.invited }),
    messages,
    files,
    bots,
    summaries,
    search: search.find,
    ...reach,
    admin,
    hooks,
    ledger,
    traces,
    ...records,
    notices,
    links: createLinks({ store, changed: linkChanged, now, log }),
    integrations,
    fileLinks: options.fileLinks ?? noFileLinks,
    consents: createConsents({ store, sealer, linked, log }),
    presence,
    signals,
    pressure,
    background,
    /** How many rooms this node follows, and people it knows to be there. */
    get size(): { rooms: number; people: number } {
      return { rooms: feeds.size, people: presence.known };
    },
    /** A socket of a signed-in person has come, or gone. */
    connected(actor: SignedIn, socket: string, about: About): void {
      admin.connected(actor, socket, about);
      const device = about.device ?? actor.session ?? socket;
      ledger.connected(actor.id, socket, { client: about.client, device });
      sockets.connected(actor.id, socket);
      bots.connected(actor, socket);
      presence.connected(actor.id, socket);
    },
    disconnected(actor: Actor, socket: string): void {
      feeds.detachAll(socket);
      ledger.disconnected(socket);
      announcements.left(socket);
      admin.disconnected(socket);
      sockets.disconnected(actor.id, socket);
      bots.disconnected(actor, socket);
      presence.disconnected(actor.id, socket);
    },
    /** Every claim about a person, for themselves and for admins. */
    async explain(actor: Actor, user: string): Promise<CallData<'presence:explain'>> {
      if (actor.id !== user) {
        if (!isAdmin(actor)) throw forbidden('Only admins may ask about others.');
        if (!(await store.getUser(user))) throw notFound('There is no such user.');
      }
      return presence.explain(user);
    },
    async markRead(actor: Actor, room: string, seq: number): Promise<{ readSeq: number }> {
      const { readSeq, moved } = await cursors.mark(actor, room, seq);
      if (moved) signals.read(room, actor.id, readSeq);
      return { readSeq };
    },
    /** Gives what runs on one node alone to the others, and ends what would take long. */
    async letGo(): Promise<void> {
      await Promise.all([leases.letGo(), summaries.letGo(), files.letGo()]);
    },
    /** Finishes what was begun; takes nothing new. */
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all([leases.letGo(), summaries.letGo(), files.letGo()]);
      await Promise.all([writer, cursors, announcements].map(part => part[Symbol.asyncDispose]()));
      await background[Symbol.asyncDispose]();
      await admin.leave();
      await leases[Symbol.asyncDispose]();
      for (const feed of feeds.all()) feed.close();
      await ledger[Symbol.asyncDispose]();
    },
  };
}
