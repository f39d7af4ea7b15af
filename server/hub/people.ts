// How people and bots become known and sign in: accounts with a password, guests, bots, one-time links. Guesses are limited here.
import { randomInt } from 'node:crypto';
import type { User } from '#shared/protocol/models.ts';
import { addressKey } from './address.ts';
import { forbidden, HubError } from './errors.ts';
import type { AttemptLimit, Limits, PasswordHasher, Person } from './ports-people.ts';
import type { Identity } from './ports-sign-in.ts';
import { hashSecret, newSecret, newUserId } from './secrets.ts';
import {
  createSessions,
  type Grant,
  publicUser,
  type SessionDeps,
  type Sessions,
  type SignedIn,
} from './sessions.ts';

export interface PeopleDeps extends SessionDeps {
  readonly hasher: PasswordHasher;
  readonly limits: Limits;
  /** Asks somebody new whether the e-mail address is theirs; without it nobody is asked. */
  confirm?(user: string): Promise<void>;
}

/** Who knocks, as far as the door can tell. */
export interface Visitor {
  /** The IP address, of the peer or of what a trusted proxy says. */
  readonly address: string;
  readonly client?: string | undefined;
}

export interface Me {
  readonly user: User & { email?: string };
  readonly session?: string | undefined;
  readonly expiresAt: number;
}

export interface BotGrant {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly user: User;
}

export interface People extends Pick<Sessions, 'authenticate'> {
  /** @throws HubError `conflict` when the e-mail has an account, `rate_limited` */
  register(who: { email: string; password: string; name: string }, visitor: Visitor): Promise<Grant>;
  /** @throws HubError `unauthenticated`, which does not say whether the account exists; `rate_limited`; `forbidden` when disabled */
  login(who: { email: string; password: string }, visitor: Visitor): Promise<Grant>;
  /**
   * Signs in whom a service outside has checked; somebody new gets an account.
   * @throws HubError `conflict` when the e-mail has an account that nobody has checked, `rate_limited`; `forbidden` when disabled
   */
  enter(who: Identity, visitor: Visitor): Promise<Grant>;
  /** A service that checks addresses says that this is the user's. Nothing happens when they are known by another one. */
  verified(user: string, email: string): Promise<void>;
  guest(who: { name?: string | undefined }, visitor: Visitor): Promise<Grant>;
  refresh(refreshToken: string, visitor: Visitor): Promise<Grant>;
  logout(which: { refreshToken: string } | { session: string }): Promise<void>;
  /** Makes a bot, or gives an existing one a new token in place of its old ones. @throws HubError `forbidden`, `conflict` */
  createBot(actor: SignedIn, bot: { id?: string | undefined; name: string }): Promise<BotGrant>;
  me(actor: SignedIn): Promise<Me>;
  /** Makes a secret that signs this person in once. Someone unknown is written down. @throws HubError `conflict` when known with another role */
  makeLink(user: User): Promise<string>;
  useLink(secret: string, visitor: Visitor): Promise<Grant>;
  /** Those of the given sessions that are over, or whose account is disabled. */
  endedSessions(sessions: readonly string[]): Promise<string[]>;
}

export function createPeople({ hasher, limits, ...deps }: PeopleDeps): People {
  const { store, tokens, log } = deps;
  const sessions = createSessions(deps);

  async function attempt(limit: AttemptLimit, key: string): Promise<void> {
    const taken = await limits.attempt(limit, key);
    if (taken.ok) return;
    const seconds = Math.ceil(taken.retryAfterMs / 1000);
    throw new HubError('rate_limited', `Too many attempts. Try again in ${seconds} s.`, {
      retryAfterMs: taken.retryAfterMs,
    });
  }

  /** Ids are drawn until one is free. */
  async function write(who: Omit<User, 'id'> & { email?: string; passwordHash?: string }): Promise<Person> {
    for (let draw = 0; draw < 10; draw++) {
      const written = await store.registerUser({ id: newUserId(who.name), ...who });
      if ('user' in written) return written.user;
      if (written.taken === 'email')
        throw new HubError('conflict', 'This e-mail address has an account already. Sign in instead.');
    }
    throw new Error('Ten user ids in a row were taken');
  }

  return {
    authenticate: sessions.authenticate,
    endedSessions: sessions.ended,

    async register({ email, password, name }, visitor) {
      await attempt('register.address', addressKey(visitor.address));
      const user = await write({ name, role: 'member', email, passwordHash: await hasher.hash(password) });
      log.info({ audit: 'registered', user: user.id }, 'Someone registered');
      await deps
        .confirm?.(user.id)
        .catch(error => log.warn({ err: error, user: user.id }, 'An address was not asked for'));
      return sessions.open(user.id, visitor.client);
    },

    async login({ email, password }, visitor) {
      const address = addressKey(visitor.address);
      const account = `${address} ${email}`;
      await attempt('login.address', address);
      await attempt('login.account', account);
      let wrong = false;
      try {
        const found = await store.findLogin(email);
        wrong = !(await hasher.verify(found?.passwordHash, password));
        if (!found || wrong)
          throw new HubError('unauthenticated', 'The e-mail address or the password is wrong.');
        return await sessions.open(found.user.id, visitor.client);
      } finally {
        // Only wrong guesses count: neither the owner's sign-ins nor a database that is down may lock anyone out.
        if (!wrong) {
          await limits.forgive('login.address', address);
          await limits.forgive('login.account', account);
        }
      }
    },

    async enter({ vendor, id: remote, email, name }, visitor) {
      const address = addressKey(visitor.address);
      await attempt('login.address', address);
      for (let draw = 0; draw < 10; draw++) {
        const entered = await store.enterByVendor({ vendor, remote, email, name, id: newUserId(name) });
        if ('user' in entered) {
          await limits.forgive('login.address', address);
          log.info(
            { audit: 'entered', user: entered.user.id, vendor },
            'Someone signed in by a service outside',
          );
          return sessions.open(entered.user.id, visitor.client);
        }
        if (entered.taken === 'email')
          throw new HubError(
            'conflict',
            'There is an account with this e-mail address already. Sign in with its password, then connect the other account.',
          );
      }
      throw new Error('Ten user ids in a row were taken');
    },

    async verified(user, email) {
      if ((await store.getUser(user))?.email === email) await store.verifyEmail(user, email);
    },

    async guest({ name }, visitor) {
      await attempt('register.address', addressKey(visitor.address));
      const user = await write({ name: name ?? `Guest ${randomInt(1000, 10_000)}`, role: 'guest' });
      return sessions.open(user.id, visitor.client);
    },

    async refresh(refreshToken, visitor) {
      await attempt('refresh.address', addressKey(visitor.address));
      return sessions.refresh(refreshToken);
    },

    logout: which => sessions.end(which, 'logout'),

    async createBot(actor, { name, id = newUserId(name) }) {
      if (actor.role !== 'admin') throw forbidden('Only an administrator may make bots.');
      const seconds = sessions.lifetimes.bot;
      const opened = await store.openBot({ id, name, seconds });
      if (!opened) throw new HubError('conflict', `The id "${id}" is taken. Choose another one.`);
      for (const session of opened.ended) deps.sessionEnded?.(session);
      const user = publicUser(opened.user);
      const token = await tokens.sign(
        { sub: id, name: user.name, role: 'bot', sid: opened.session },
        seconds,
      );
      log.info({ audit: 'bot_token_made', user: id, by: actor.id }, 'A bot token was made');
      return { token, expiresIn: seconds, user };
    },

    async me(actor) {
      const email = (await store.getUser(actor.id))?.email;
      return {
        user: { ...publicUser(actor), ...(email && { email }) },
        session: actor.session,
        expiresAt: actor.expiresAt,
      };
    },

    async makeLink(wanted) {
      const { user } = await store.ensureUser(wanted);
      if (user.role !== wanted.role)
        throw new HubError('conflict', `"${user.id}" is known already, with the role ${user.role}.`);
      const secret = newSecret();
      await store.makeLink({ user: user.id, hash: hashSecret(secret), seconds: sessions.lifetimes.link });
      return secret;
    },

    async useLink(secret, visitor) {
      await attempt('login.address', addressKey(visitor.address));
      const user = await store.useLink(hashSecret(secret));
      if (!user)
        throw new HubError(
          'unauthenticated',
          'This sign-in link is unknown, used up, or older than an hour.',
        );
      await limits.forgive('login.address', addressKey(visitor.address));
      log.info({ audit: 'link_used', user }, 'Someone signed in by a link');
      return sessions.open(user, visitor.client);
    },
  };
}
