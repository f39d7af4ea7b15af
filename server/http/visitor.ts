// Who knocks, as a request shows them.
import type { Request } from 'express';
import type { Visitor } from '../hub/people.ts';
import { addressOf } from './guards.ts';

export const visitorOf = (req: Request): Visitor => ({
  address: addressOf(req),
  client: req.headers['user-agent']?.slice(0, 200),
});
