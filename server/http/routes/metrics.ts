// GET /metrics for Prometheus, with an admin's access token or METRICS_TOKEN; to everybody else it is 401 (attack 32).
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Request, Router } from 'express';
import { HubError } from '../../hub/errors.ts';
import type { People } from '../../hub/people.ts';
import { signedIn } from '../auth.ts';

export interface MetricsDeps {
  readonly people: Pick<People, 'authenticate'>;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** Opens this route and nothing else. */
  readonly metricsToken: string | undefined;
}

/** There is no exception for this machine: behind a proxy everybody comes from it. */
export function metricsRoutes({ people, metrics, metricsToken }: MetricsDeps): Router {
  const digest = (token: string) => createHash('sha256').update(token).digest();
  const expected = metricsToken === undefined ? undefined : digest(`Bearer ${metricsToken}`);
  const mayRead = async (req: Request): Promise<boolean> => {
    const { authorization = '' } = req.headers;
    if (expected && timingSafeEqual(digest(authorization), expected)) return true;
    return (await signedIn(people, req)).role === 'admin';
  };
  const router = Router();
  router.get('/metrics', async (req, res) => {
    if (!(await mayRead(req)))
      throw new HubError('unauthenticated', 'The numbers are for admins and for METRICS_TOKEN.');
    res.set({ 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).send(await metrics.text());
  });
  return router;
}
