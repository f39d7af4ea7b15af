// The Express door: sign-in, who am I, health, and the web client. Every answer under /api is JSON, errors included.
import express, { type Express } from 'express';
import type { OriginPolicy } from '../hub/origins.ts';
import type { People } from '../hub/people.ts';
import type { Log } from '../hub/ports.ts';
import { createErrorHandler, refuseUnknown } from './errors.ts';
import { checkBodyType, checkQuery, cors, limitAddress, refuseForeignPages, requestLog } from './guards.ts';
import { securityHeaders } from './headers.ts';
import { type ConfirmDeps, confirmRoutes } from './routes/confirm.ts';
import { type FileDeps, fileRoutes } from './routes/files.ts';
import { connectRoutes, type GoogleDeps, googleRoutes, pushRoutes } from './routes/google.ts';
import { healthRoutes, type Readiness } from './routes/health.ts';
import { type HookDeps, hookRoutes } from './routes/hooks.ts';
import { MCP_WORDS, type McpDeps, mcpRoutes } from './routes/mcp.ts';
import { meRoutes } from './routes/me.ts';
import { type MetricsDeps, metricsRoutes } from './routes/metrics.ts';
import { sessionRoutes } from './routes/session.ts';
import { type UnsubscribeDeps, unsubscribeRoutes } from './routes/unsubscribe.ts';
import { webRoutes } from './web.ts';

export interface HttpDeps extends MetricsDeps, UnsubscribeDeps, ConfirmDeps, HookDeps, McpDeps {
  readonly people: People;
  /** Signing in with Google, and connecting what is there; undefined: not configured. */
  readonly google?: GoogleDeps['google'];
  /** Uploads and downloads; undefined: none. */
  readonly files?: FileDeps['files'];
  readonly readiness: () => Promise<Readiness>;
  readonly origins: OriginPolicy;
  readonly log: Log;
  /** As Express's "trust proxy": how many proxies in front to believe, or which addresses. False: none. */
  readonly trustProxy: boolean | number | string | string[];
  /** People reach the hub over HTTPS, here or at a proxy. */
  readonly https: boolean;
  /** The web client's built files. */
  readonly webDir: string;
}

/** Serve it with `createServer(serverOptions, app)` (see server-options.ts), which bounds slow requests. */
export function createApp(deps: HttpDeps): Express {
  const { log, limits, origins } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', deps.trustProxy);
  // Plain names and values: no nested objects out of an address.
  app.set('query parser', 'simple');

  app.use(requestLog(log), securityHeaders(deps));
  app.use(healthRoutes(deps));
  app.use('/metrics', limitAddress(limits));
  app.use(metricsRoutes(deps));

  app.use('/api/files', fileRoutes(deps));
  app.use('/api', (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  app.use('/api', limitAddress(limits), cors(origins), checkQuery);
  // Google sends people back from its own pages: these routes have guards of their own.
  app.use('/api/auth', googleRoutes(deps));
  app.use('/api/auth', refuseForeignPages(origins));
  // What programs post here has forms of its own.
  app.use('/api/hooks', pushRoutes(deps), hookRoutes(deps));
  app.use('/api', checkBodyType, express.json({ limit: '64kb', inflate: false }));
  app.use('/api/auth', sessionRoutes(deps), connectRoutes(deps));
  app.use('/api/me', meRoutes(deps));
  app.use('/api', refuseUnknown);

  app.use(
    '/mcp',
    limitAddress(limits),
    cors(origins, MCP_WORDS),
    checkQuery,
    checkBodyType,
    express.json({ limit: '64kb', inflate: false }),
    mcpRoutes(deps),
  );
  app.use('/unsubscribe', limitAddress(limits), unsubscribeRoutes(deps));
  app.use('/confirm', limitAddress(limits), confirmRoutes(deps));
  app.use(webRoutes(deps.webDir));
  app.use(refuseUnknown);
  app.use(createErrorHandler(log));
  return app;
}
