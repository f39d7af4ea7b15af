// Who makes a request: proved by the Authorization header and nothing else, so no page of another site can borrow it.
import type { Request } from 'express';
import { HubError } from '../hub/errors.ts';
import type { People } from '../hub/people.ts';
import type { SignedIn } from '../hub/sessions.ts';

/** @throws HubError `unauthenticated` */
export async function signedIn(people: Pick<People, 'authenticate'>, req: Request): Promise<SignedIn> {
  const token = /^Bearer +([\w.~+/=-]{1,8192})$/i.exec(req.headers.authorization ?? '')?.[1];
  if (!token)
    throw new HubError(
      'unauthenticated',
      'Sign in first: send the header "Authorization: Bearer <access token>".',
    );
  return people.authenticate(token);
}
