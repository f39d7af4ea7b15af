// Signing in and out, under /api/auth. The refresh token travels in a cookie that scripts cannot read, or, for programs that ask, in the body.
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import * as p from '#shared/protocol/primitives.ts';
import { HubError } from '../../hub/errors.ts';
import { parseInput } from '../../hub/input.ts';
import type { People } from '../../hub/people.ts';
import type { Grant } from '../../hub/sessions.ts';
import { signedIn } from '../auth.ts';
import { createRefreshCookie } from '../refresh-cookie.ts';
import { visitorOf as visitor } from '../visitor.ts';

const email = z
  .string()
  .max(254, 'is too long')
  .trim()
  .toLowerCase()
  .pipe(z.email('is not an e-mail address'));
const password = z.string().min(8, 'has fewer than 8 characters').max(256, 'has more than 256 characters');
const secret = z.string().min(1).max(256);
/** True: the answer holds `refreshToken` and `refreshExpiresIn`, and no cookie is set. For programs without a cookie jar. */
const refreshInBody = z.boolean().default(false);

const inputs = {
  register: z.object({ email, password, name: p.userName.optional(), refreshInBody }),
  login: z.object({ email, password: z.string().max(256, 'has more than 256 characters'), refreshInBody }),
  guest: z.object({ name: p.userName.optional(), refreshInBody }),
  link: z.object({ token: secret, refreshInBody }),
  bot: z.object({ name: p.userName, id: p.userId.optional() }),
  /** Programs send the refresh token they hold; browsers send nothing but the cookie. */
  holder: z.object({ refreshToken: secret.optional() }),
};

/** @param deps.https cookies are marked Secure */
export function sessionRoutes({ people, https }: { people: People; https: boolean }): Router {
  const cookie = createRefreshCookie(https);

  function send(res: Response, grant: Grant, inBody: boolean): void {
    res.json(inBody ? grant : cookie.set(res, grant));
  }

  /** A token that came in the cookie never leaves in a body, where a script could read it. */
  function held(req: Request): { token?: string | undefined; inBody: boolean } {
    const { refreshToken } = parseInput(inputs.holder, req.body ?? {});
    if (refreshToken) return { token: refreshToken, inBody: true };
    return { token: cookie.read(req), inBody: false };
  }

  const router = Router();

  router.post('/register', async (req, res) => {
    const { refreshInBody, name, ...who } = parseInput(inputs.register, req.body ?? {});
    const called = name ?? who.email.split('@', 1)[0]?.slice(0, p.limits.nameChars) ?? who.email;
    const grant = await people.register({ ...who, name: called }, visitor(req));
    send(res.status(201), grant, refreshInBody);
  });

  router.post('/login', async (req, res) => {
    const { refreshInBody, ...who } = parseInput(inputs.login, req.body ?? {});
    send(res, await people.login(who, visitor(req)), refreshInBody);
  });

  router.post('/guest', async (req, res) => {
    const { refreshInBody, name } = parseInput(inputs.guest, req.body ?? {});
    send(res.status(201), await people.guest({ name }, visitor(req)), refreshInBody);
  });

  router.post('/link', async (req, res) => {
    const { refreshInBody, token } = parseInput(inputs.link, req.body ?? {});
    send(res, await people.useLink(token, visitor(req)), refreshInBody);
  });

  router.post('/refresh', async (req, res) => {
    const { token, inBody } = held(req);
    if (!token) throw new HubError('unauthenticated', 'There is no session to go on with. Sign in first.');
    try {
      send(res, await people.refresh(token, visitor(req)), inBody);
    } catch (error) {
      if (!inBody && error instanceof HubError && error.code === 'unauthenticated') cookie.clear(res);
      throw error;
    }
  });

  router.post('/logout', async (req, res) => {
    const { token } = held(req);
    if (token) await people.logout({ refreshToken: token });
    else if (req.headers.authorization) {
      const { session } = await signedIn(people, req);
      if (session) await people.logout({ session });
    }
    cookie.clear(res);
    res.json({});
  });

  router.post('/bots', async (req, res) => {
    const actor = await signedIn(people, req);
    res.status(201).json(await people.createBot(actor, parseInput(inputs.bot, req.body ?? {})));
  });

  return router;
}
