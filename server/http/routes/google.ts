// Signing in with Google: off to its page and back, with a cookie that binds the way back to this browser. Whatever goes wrong, people end up at our
// own door with a reason, and never at a page of JSON.
import { parseCookie } from 'cookie';
import { type CookieOptions, type RequestHandler, type Response, Router } from 'express';
import type { Consents } from '../../hub/consents.ts';
import { HubError, notFound, Unreachable } from '../../hub/errors.ts';
import type { People } from '../../hub/people.ts';
import type { Log } from '../../hub/ports.ts';
import { type Refusal, SignInRefused, type SignInService, type Wish } from '../../hub/ports-sign-in.ts';
import { signedIn } from '../auth.ts';
import { createRefreshCookie } from '../refresh-cookie.ts';
import { visitorOf } from '../visitor.ts';

export interface GooglePush {
  readonly channel: string;
  readonly token: string;
  readonly state: string;
}

export interface GoogleDeps {
  readonly google?:
    | {
        readonly signIn: SignInService | undefined;
        readonly consents: Pick<Consents, 'give' | 'mayGive'>;
        /** False: not one of ours. */
        readonly pushed: (push: GooglePush) => boolean;
      }
    | undefined;
  readonly people: People;
  readonly https: boolean;
  readonly log: Log;
}

const COOKIE = 'court_google';

/** What the web client is told when people come back: a word of its own list, and nothing that came in an address. */
type Word = Refusal | 'connected' | 'foreign' | 'taken' | 'disabled' | 'busy' | 'failed';

const CODES: Partial<Record<HubError['code'], Word>> = {
  conflict: 'taken',
  forbidden: 'disabled',
  rate_limited: 'busy',
  unavailable: 'unavailable',
};

/** Off to Google and back, under /api/auth. */
export function googleRoutes({ google, people, https, log }: GoogleDeps): Router {
  const router = Router();
  const signIn = google?.signIn;
  router.get('/methods', (_req, res) => {
    res.json({ password: true, google: signIn !== undefined });
  });
  if (!signIn || !google) return router;
  const refresh = createRefreshCookie(https);
  const begin = createBegin(signIn, https);

  /** Whatever the handler throws becomes a word for the door. */
  const orDoor =
    (handler: RequestHandler): RequestHandler =>
    async (req, res, next) => {
      try {
        await handler(req, res, next);
      } catch (error) {
        const word = wordOf(error);
        const level = word === 'failed' ? 'error' : 'info';
        log[level]({ err: error, word }, 'Somebody could not sign in with Google');
        door(res, `google=${word}`);
      }
    };

  router.get(
    '/google',
    orDoor(async (req, res) => {
      // A page of another site could otherwise sign its visitors in here, as whomever Google knows them.
      const from = req.headers['sec-fetch-site'];
      if (from !== undefined && from !== 'same-origin' && from !== 'none') return door(res, 'google=foreign');
      res.redirect(303, await begin(res, { kind: 'enter' }));
    }),
  );

  router.get(
    '/google/callback',
    orDoor(async (req, res) => {
      const keep = parseCookie(req.headers.cookie ?? '')[COOKIE];
      // Good for one try, however it ends.
      res.clearCookie(COOKIE, cookieOptions(https));
      const { wish, identity, secret } = await signIn.finish({ keep, params: req.query });
      if (wish.kind === 'enter') {
        refresh.set(res, await people.enter(identity, visitorOf(req)));
        return door(res, 'signed-in');
      }
      await google.consents.give(identity.vendor, wish.user, identity.id, secret ?? '');
      await people.verified(wish.user, identity.email);
      door(res, 'google=connected');
    }),
  );
  return router;
}

/** For those who are signed in, under /api/auth: where to go to connect calendar and files. */
export function connectRoutes({ google, people, https }: GoogleDeps): Router {
  const router = Router();
  if (!google?.signIn) return router;
  const begin = createBegin(google.signIn, https);
  router.post('/google/connect', async (req, res) => {
    const actor = await signedIn(people, req);
    google.consents.mayGive(actor);
    res.json({ url: await begin(res, { kind: 'connect', user: actor.id }) });
  });
  return router;
}

/** What Google Calendar posts when something changed, under /api/hooks. */
export function pushRoutes({ google }: GoogleDeps): Router {
  const router = Router();
  router.post('/google', (req, res) => {
    const header = (name: string) => req.header(`X-Goog-${name}`) ?? '';
    const push = {
      channel: header('Channel-ID'),
      token: header('Channel-Token'),
      state: header('Resource-State'),
    };
    if (!google?.pushed(push)) throw notFound('There is no such channel.');
    res.status(204).end();
  });
  return router;
}

/** Lax, since Google's page leads back here. */
const cookieOptions = (https: boolean): CookieOptions => ({
  httpOnly: true,
  sameSite: 'lax',
  secure: https,
  path: '/api/auth/google',
});

const createBegin = (signIn: SignInService, https: boolean) => async (res: Response, wish: Wish) => {
  const { url, keep, seconds } = await signIn.begin(wish);
  res.cookie(COOKIE, keep, { ...cookieOptions(https), maxAge: seconds * 1000 });
  return url;
};

const door = (res: Response, fragment: string) => res.redirect(303, `/#${fragment}`);

function wordOf(error: unknown): Word {
  if (error instanceof SignInRefused) return error.refusal;
  if (error instanceof Unreachable) return 'unavailable';
  return (error instanceof HubError && CODES[error.code]) || 'failed';
}
