// The security headers of every answer (attack 22): what a page of ours may load, who may frame it, what leaks to other sites.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';

/** @param deps.https also tells browsers to stay on HTTPS for a year */
export function securityHeaders({ https }: { https: boolean }): RequestHandler {
  const nonce = (_req: IncomingMessage, res: ServerResponse) =>
    `'nonce-${(res as ServerResponse & { locals: { nonce: string } }).locals.nonce}'`;
  // Older browsers do not count a WebSocket to the same host as 'self'.
  const sockets = ({ headers }: IncomingMessage) =>
    headers.host && /^[\w.:[\]-]+$/.test(headers.host)
      ? `${https ? 'wss' : 'ws'}://${headers.host}`
      : "'self'";

  const router = Router();
  router.use((_req, res, next) => {
    res.locals.nonce = randomBytes(16).toString('base64');
    next();
  });
  router.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'", nonce],
          styleSrc: ["'self'", nonce],
          imgSrc: ["'self'", 'data:', 'blob:'],
          mediaSrc: ["'self'", 'blob:'],
          fontSrc: ["'self'"],
          connectSrc: ["'self'", sockets],
          manifestSrc: ["'self'"],
          workerSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          ...(https && { upgradeInsecureRequests: [] }),
        },
      },
      strictTransportSecurity: https && { maxAge: 31_536_000, includeSubDomains: false },
      xFrameOptions: { action: 'deny' },
    }),
  );
  return router;
}
