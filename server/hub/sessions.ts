// One sign-in on one device: opened with a pair of tokens, kept alive by refreshing, ended for good. Decides who a token speaks for.
import type { User } from '#shared/protocol/models.ts';
import { HubError } from './errors.ts';
import type { Actor, Log } from './ports.ts';
import type { Lifetimes, OpenedSession, PeopleStore, TokenSigner } from './ports-people.ts';
import { hashSecret, newSecret } from './secrets.ts';

/** An actor as a token proves them. */
export interface SignedIn extends Actor {
  /** Of tokens that the hub made itself. */
  readonly session?: string | undefined;
  /** Milliseconds since 1970, when the token ends. */
  readonly expiresAt: number;
}

/** What a sign-in hands out. Times in seconds. */
export interface Grant {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly user: User;
  readonly refreshToken: string;
  readonly refreshExpiresIn: number;
}

export interface SessionDeps {
  readonly store: PeopleStore;
  readonly tokens: TokenSigner;
  readonly log: Log;
  readonly lifetimes?: Partial<Lifetimes>;
  /** Told at once of every session that ends on this node; other nodes find out by `endedSessions`. */
  readonly sessionEnded?: (session: string) => void;
}

export type Sessions = ReturnType<typeof createSessions>;

const DAY = 24 * 3600;
export const defaultLifetimes: Lifetimes = {
  access: 15 * 60,
  refresh: 30 * DAY,
  bot: 365 * DAY,
  link: 3600,
  grace: 10,
};

export const publicUser = ({ id, name, role }: User): User => ({ id, name, role });

const signInAgain = (why: string) => new HubError('unauthenticated', `${why} Sign in again.`);

export function createSessions({ store, tokens, log, sessionEnded = () => {}, ...deps }: SessionDeps) {
  const lifetimes = { ...defaultLifetimes, ...deps.lifetimes };

  async function grant({ user, session }: OpenedSession, refreshToken: string): Promise<Grant> {
    const claims = { sub: user.id, name: user.name, role: user.role, sid: session };
    return {
      accessToken: await tokens.sign(claims, lifetimes.access),
      expiresIn: lifetimes.access,
      user: publicUser(user),
      refreshToken,
      refreshExpiresIn: lifetimes.refresh,
    };
  }

  return {
    lifetimes,

    /** @throws HubError `forbidden` for a disabled account */
    async open(user: string, client?: string): Promise<Grant> {
      const refreshToken = newSecret();
      const opened = await store.openSession({
        user,
        client,
        seconds: lifetimes.refresh,
        refreshHash: hashSecret(refreshToken),
      });
      if (!opened) throw new HubError('forbidden', 'This account is disabled. Ask an administrator.');
      return grant(opened, refreshToken);
    },

    /** Swaps a refresh token. One that was stolen ends the whole session (attack 11). */
    async refresh(token: string): Promise<Grant> {
      const next = newSecret();
      const rotation = await store.rotateRefresh({
        hash: hashSecret(token),
        nextHash: hashSecret(next),
        grace: lifetimes.grace,
        seconds: lifetimes.refresh,
      });
      if (rotation.outcome === 'rotated') return grant(rotation, next);
      if (rotation.outcome === 'reused') {
        log.warn(
          { audit: 'refresh_token_reused', user: rotation.user.id, session: rotation.session },
          'A refresh token was used twice: session ended',
        );
        sessionEnded(rotation.session);
        throw signInAgain('This session was ended, since its refresh token was used twice.');
      }
      throw signInAgain(
        rotation.outcome === 'unknown' ? 'This refresh token is unknown.' : 'This session is over.',
      );
    },

    /** Ends the session of a refresh token or an actor; nothing happens when it is over already. */
    async end(which: { refreshToken: string } | { session: string }, reason: string): Promise<void> {
      const ended = await store.revokeSession(
        'session' in which ? which : { hash: hashSecret(which.refreshToken) },
        reason,
      );
      if (ended) sessionEnded(ended);
    },

    /** Of sessions that this node has sockets of: those that are over, wherever they were ended (attack 12). */
    ended: (sessions: readonly string[]): Promise<string[]> => store.endedSessions(sessions),

    /**
     * Whom an access token speaks for. Someone unknown is written down. The name is the one on record, the role is the token's, unless an
     * admin gave one here.
     * @throws HubError `unauthenticated`, with `details.reason` `token_expired` when a fresh token would do
     */
    async authenticate(token: string): Promise<SignedIn> {
      const { sub, name, role, sid, exp, iat } = await tokens.verify(token);
      const known = await store.ensureUser({ id: sub, name, role, session: sid, issuedAt: iat });
      const { user, ended } = known;
      if (user.disabled) throw new HubError('unauthenticated', 'This account is disabled.');
      if (ended) throw signInAgain('This session is over.');
      return { id: sub, name: user.name, role: known.role ?? role, session: sid, expiresAt: exp * 1000 };
    },
  };
}
