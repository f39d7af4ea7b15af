// The refresh token in its cookie, which scripts cannot read and pages of other sites cannot send.
import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import type { Grant } from '../hub/sessions.ts';

const COOKIE = 'court_refresh';

export interface RefreshCookie {
  /** Sets it; the rest of the grant may stand in a body. */
  set(res: Response, grant: Grant): Omit<Grant, 'refreshToken' | 'refreshExpiresIn'>;
  read(req: Request): string | undefined;
  clear(res: Response): void;
}

/** @param https marks it Secure */
export function createRefreshCookie(https: boolean): RefreshCookie {
  const options: CookieOptions = { httpOnly: true, sameSite: 'strict', secure: https, path: '/api/auth' };
  return {
    set(res, { refreshToken, refreshExpiresIn, ...rest }) {
      res.cookie(COOKIE, refreshToken, { ...options, maxAge: refreshExpiresIn * 1000 });
      return rest;
    },
    read: req => parseCookie(req.headers.cookie ?? '')[COOKIE],
    clear: res => void res.clearCookie(COOKIE, options),
  };
}
