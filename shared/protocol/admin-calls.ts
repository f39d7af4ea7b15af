// Calls of those who look after people, rooms and nodes. Where nothing else is said they are the admins' alone.
import { z } from 'zod';
import * as a from './admin.ts';
import * as m from './models.ts';
import * as p from './primitives.ts';

const empty = z.object({});
const optional = <S extends z.ZodRawShape>(shape: S) => z.preprocess(input => input ?? {}, z.object(shape));
const onUser = z.object({ user: p.userId });
const changed = z.object({ user: a.account });
const search = z.string().max(100).refine(p.storable, p.unstorable).optional();
const limit = z.int().min(1).max(200).default(50);
const word = z.string().max(200).refine(p.storable, p.unstorable);

export const adminCalls = {
  /** By id. `search`: a piece of the id, the name or the e-mail address. */
  'user:list': {
    input: optional({
      search,
      role: m.platformRole.optional(),
      disabled: z.boolean().optional(),
      cursor: p.userId.optional(),
      limit,
    }),
    data: z.object({ users: z.array(a.account), cursor: p.userId.optional() }),
  },
  'user:show': { input: onUser, data: a.accountDetails },
  /** It holds over what tokens say, from now on; open sockets begin anew under it within two seconds, on every node. */
  'user:role': { input: onUser.extend({ role: m.platformRole.exclude(['bot']) }), data: changed },
  /** Open sockets end within two seconds, on every node, and no token lets in until `user:enable` or `until`. Sign-ins are kept. */
  'user:disable': {
    input: onUser.extend({ reason: a.why.optional(), until: p.timestamp.optional() }),
    data: changed,
  },
  'user:enable': { input: onUser, data: changed },
  /** Ends every sign-in, and refuses what tokens were made before; how many sign-ins that were. */
  'user:signout': { input: onUser, data: z.object({ sessions: z.number() }) },

  /** Those that hold now. With `room` for its owners and moderators too. */
  'ban:list': {
    input: optional({
      room: p.roomId.optional(),
      user: p.userId.optional(),
      /** Of the answer before. */
      cursor: z.string().max(220).refine(p.storable, p.unstorable).optional(),
      limit,
    }),
    data: z.object({ bans: z.array(a.ban), cursor: z.string().optional() }),
  },
  /** For the room's owners and moderators too. To ban is `member:remove` with `ban`. */
  'ban:lift': { input: onUser.extend({ room: p.roomId }), data: empty },
  /** For its members too. */
  'room:show': { input: z.object({ room: p.roomId }), data: a.roomDetails },
  /** Every room, by id. */
  'admin:rooms': {
    input: optional({ search, cursor: p.roomId.optional(), limit }),
    data: z.object({
      rooms: z.array(m.room.extend({ members: z.number() })),
      cursor: p.roomId.optional(),
    }),
  },

  /** How every node does, and how old that is. With the database away, what is known of the others grows old. */
  'admin:stats': {
    input: optional({}),
    data: z.object({
      node: z.string(),
      nodes: z.array(a.nodeFigures),
      /** What waits to be sent outside and what was given up; counting ends at ten thousand. Not there while the database is away. */
      outbox: z.object({ waiting: z.number(), dead: z.number() }).optional(),
    }),
  },
  /** Open sockets of all nodes, by their id. `missing`: nodes that did not answer in time. */
  'admin:sessions': {
    input: optional({
      user: p.userId.optional(),
      room: p.roomId.optional(),
      node: word.optional(),
      address: word.optional(),
      cursor: word.optional(),
      limit,
    }),
    data: z.object({
      sessions: z.array(a.openSocket),
      cursor: z.string().optional(),
      missing: z.array(z.string()),
    }),
  },
  /** Ends sockets with `kicked`, but for the one that asks; who may come in may come back. `missing` as above. */
  'admin:disconnect': {
    input: z
      .object({
        user: p.userId.optional(),
        session: word.optional(),
        socket: word.optional(),
        reason: a.why.optional(),
      })
      .refine(
        ({ user, session, socket }) => [user, session, socket].filter(one => one !== undefined).length === 1,
        'takes one of user, session and socket',
      ),
    data: z.object({ ended: z.number(), missing: z.array(z.string()) }),
  },
  /** The newest first; with `after` the oldest. */
  'admin:audit': {
    input: optional({
      /** Or how it begins: `user` is all of `user.role`, `user.disabled` … */
      action: z.string().max(100).refine(p.storable, p.unstorable).optional(),
      before: z.int().min(1).optional(),
      after: z.int().min(0).optional(),
      limit,
      /** Looks at the whole chain, which takes about a second for each hundred thousand lines. */
      verify: z.boolean().optional(),
    }),
    data: z.object({
      entries: z.array(a.auditEntry),
      /** With `verify`. False: a line was changed or taken out by somebody who can write into the database. */
      intact: z.boolean().optional(),
      checked: z.number().optional(),
      /** The first that is not as it was written. */
      broken: z.number().optional(),
    }),
  },
} as const;
