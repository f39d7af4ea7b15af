// For load balancers: /healthz says that the loop turns, /readyz that people can be served.
import { Router } from 'express';

export interface Readiness {
  readonly ready: boolean;
  /** One line per thing that was looked at, e.g. `{ database: 'ok', draining: 'no' }`; for operators, without secrets. */
  readonly checks: Readonly<Record<string, string>>;
}

/** @param deps.readiness must answer within about a second, and not throw */
export function healthRoutes({ readiness }: { readiness(): Promise<Readiness> }): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ ok: true });
  });
  router.get('/readyz', async (_req, res) => {
    const state = await readiness();
    res
      .status(state.ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json(state);
  });
  return router;
}
