// How the tools make calls: the very calls of the protocol, as whoever the token speaks for, with the limits of a socket's.
import type { CallData, CallInput, CallName } from '#shared/protocol/calls.ts';
import type { Reply } from '#shared/protocol/errors.ts';
import { HubError } from '../../hub/errors.ts';
import type { SignedIn } from '../../hub/sessions.ts';

type Askable = Exclude<CallName, 'session:refresh'>;

export type AskAs = <C extends Askable>(
  actor: SignedIn,
  name: C,
  input: CallInput<C>,
) => Promise<Reply<CallData<C>>>;

/** @throws HubError what the hub refused */
export type Ask = <C extends Askable>(name: C, input: CallInput<C>) => Promise<CallData<C>>;

export function askerOf(askAs: AskAs, actor: SignedIn): Ask {
  return async (name, input) => {
    const reply = await askAs(actor, name, input);
    if (reply.ok) return reply.data;
    const { code, message, retryAfterMs, details } = reply.error;
    throw new HubError(code, message, { ...(retryAfterMs !== undefined && { retryAfterMs }), details });
  };
}
