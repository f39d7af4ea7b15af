// What every request passes before a route sees it: request ids, foreign pages kept out, no secrets in addresses, no flood.
import type { Request, RequestHandler } from 'express';
import { addressKey } from '../hub/address.ts';
import { forbidden, HubError } from '../hub/errors.ts';
import type { OriginPolicy } from '../hub/origins.ts';
import type { Log } from '../hub/ports.ts';
import type { Limits } from '../hub/ports-people.ts';

/** Names each request for the log and for the caller. */
export function requestLog(log: Log): RequestHandler {
  return (req, res, next) => {
    const request = crypto.randomUUID();
    const began = performance.now();
    res.set('X-Request-Id', request);
    res.on('finish', () => {
      const ms = Math.round(performance.now() - began);
      log.debug(
        { request, method: req.method, path: loggable(req.originalUrl), status: res.statusCode, ms },
        'request',
      );
    });
    next();
  };
}

/** A path without its query, and without segments so long that they may be a secret. */
const loggable = (url: string): string =>
  url
    .replace(/\?.*$/s, '')
    .replace(/[^/]{25,}/g, '…')
    .slice(0, 100);

const SECRET_PARAMETER = /^(access_?|refresh_?|id_?|signin_?)?token$|^(jwt|bearer|authorization|password)$/i;

/** Addresses end up in logs and histories, so no secret may stand in one (attack 2); doubled parameters mean two things (attack 8). */
export const checkQuery: RequestHandler = (req, _res, next) => {
  for (const [name, value] of Object.entries(req.query)) {
    if (SECRET_PARAMETER.test(name))
      throw new HubError(
        'bad_request',
        'Tokens and passwords must not stand in the address. Send a header or a body.',
      );
    if (Array.isArray(value)) throw new HubError('bad_request', 'A parameter stands twice in the address.');
  }
  next();
};

/** Bodies are JSON: what a plain HTML form can send is refused. */
export const checkBodyType: RequestHandler = (req, _res, next) => {
  if (req.headers['content-length'] !== '0' && req.is('json') === false)
    throw new HubError('bad_request', 'Send the body as "Content-Type: application/json".');
  next();
};

export function limitAddress(limits: Pick<Limits, 'take'>): RequestHandler {
  return (req, _res, next) => {
    const taken = limits.take('call.address', addressKey(addressOf(req)));
    if (!taken.ok)
      throw new HubError('rate_limited', 'Too many requests from your address.', {
        retryAfterMs: taken.retryAfterMs,
      });
    next();
  };
}

/** What pages of allowed origins may send and read beside the plainest, as CORS has it. */
export interface CorsWords {
  readonly methods: string;
  readonly headers: string;
  readonly exposed?: string;
}

const JSON_WORDS: CorsWords = { methods: 'GET, POST', headers: 'Authorization, Content-Type' };

/** Lets pages of allowed origins read our answers; an origin is never reflected unless it is on the list (attack 15). */
export function cors(origins: OriginPolicy, words: CorsWords = JSON_WORDS): RequestHandler {
  return (req, res, next) => {
    const { origin, host } = req.headers;
    res.vary('Origin');
    const allowed = origins.allows(origin, host);
    if (origin !== undefined && allowed) {
      res.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' });
      if (words.exposed) res.set('Access-Control-Expose-Headers', words.exposed);
    }
    if (req.method !== 'OPTIONS') return next();
    if (!allowed) throw foreign();
    res.set({
      'Access-Control-Allow-Methods': words.methods,
      'Access-Control-Allow-Headers': words.headers,
      'Access-Control-Max-Age': '600',
    });
    res.status(204).end();
  };
}

/** Routes that set or use a cookie listen to our own and allowed pages alone (attack 15). Programs send neither header. */
export function refuseForeignPages(origins: OriginPolicy): RequestHandler {
  return (req, _res, next) => {
    const { origin, host } = req.headers;
    const crossSite = origin === undefined && req.headers['sec-fetch-site'] === 'cross-site';
    if (crossSite || !origins.allows(origin, host)) throw foreign();
    next();
  };
}

const foreign = () =>
  forbidden('This page may not sign in here. The operator can allow it with ALLOWED_ORIGINS.');

/** The peer's address, or what a trusted proxy says it is (TRUST_PROXY). */
export const addressOf = (req: Request): string => req.ip ?? 'unknown';
