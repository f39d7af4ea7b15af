// GET /api/me: who the caller is, and until when.
import { Router } from 'express';
import type { People } from '../../hub/people.ts';
import { signedIn } from '../auth.ts';

export function meRoutes({ people }: { people: People }): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    res.json(await people.me(await signedIn(people, req)));
  });
  return router;
}
