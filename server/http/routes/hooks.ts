// POST /api/hooks/…: who has the address of a webhook says something in its room. Ours is JSON; Slack's form is read too, since people paste these
// addresses where they pasted Slack's.
import express, { type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { HubError } from '../../hub/errors.ts';
import type { HookDoor } from '../../hub/hook-door.ts';
import { parseInput } from '../../hub/input.ts';
import type { Speaker } from '../../hub/ports-hooks.ts';
import type { FlowLimit, Limits } from '../../hub/ports-people.ts';

export interface HookDeps {
  /** Undefined: there are none. */
  readonly hooks?: HookDoor | undefined;
  readonly limits: Pick<Limits, 'take'>;
}

const BODY = { limit: '64kb', inflate: false } as const;

const headers = z.object({
  /** Any words of the sender's: the same again is the same message. */
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\x20-\x7e]+$/, 'holds more than plain characters')
    .optional(),
  'x-court-hops': z
    .string()
    .regex(/^\d{1,4}$/, 'is not a count')
    .transform(Number)
    .default(0),
});
const form = z.object({ payload: z.string() });

export function hookRoutes({ hooks, limits }: HookDeps): Router {
  const router = Router();
  if (!hooks) return router;
  const take = (limit: FlowLimit, key: string) => {
    const taken = limits.take(limit, key);
    if (!taken.ok)
      throw new HubError('rate_limited', 'Too many messages by this webhook; slow down.', {
        retryAfterMs: taken.retryAfterMs,
      });
  };

  /** Before the body is looked at: to who has no address, every answer is the same. */
  const find: RequestHandler<{ token: string }> = async (req, res, next) => {
    const speaker = await hooks.find(req.params.token);
    take('call.hook', speaker.id);
    take('call.room', speaker.room);
    res.locals.speaker = speaker;
    next();
  };

  router.post(
    '/:token',
    find,
    express.json(BODY),
    express.urlencoded({ ...BODY, extended: false, parameterLimit: 20 }),
    async (req, res: Response<unknown, { speaker: Speaker }>) => {
      const slack = typeof req.is('urlencoded') === 'string';
      if (!slack && req.is('json') === false)
        throw new HubError('bad_request', 'Send the body as "Content-Type: application/json".');
      const words = slack ? parseJson(parseInput(form, req.body).payload) : req.body;
      const { 'idempotency-key': key, 'x-court-hops': hops } = parseInput(headers, {
        'idempotency-key': req.get('Idempotency-Key'),
        'x-court-hops': req.get('X-Court-Hops'),
      });
      const said = await hooks.post(res.locals.speaker, words, { slack, key, hops });
      // The word by which Slack's own clients know that all is well.
      if (slack) res.type('text/plain').send('ok');
      else res.json(said);
    },
  );
  return router;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HubError('bad_request', 'payload: is not valid JSON');
  }
}
