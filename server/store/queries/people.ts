// People and sessions through the SQL functions, one call each.
import type { PeopleStore } from '../../hub/ports-people.ts';
import type { Db } from '../db.ts';
import { createTogether } from '../together.ts';

export function createPeopleStore(db: Pick<Db, 'call'>): PeopleStore {
  // The functions are ours and state their answers beside their code, so an answer is not parsed a second time here.
  const call = <T>(fn: string, input: object): Promise<T> => db.call(fn, input) as Promise<T>;
  const ensure = createTogether<Coming, Ensured>(async coming => {
    const places = coming.map((_, i) => i).sort((a, b) => order(coming[a] as Coming, coming[b] as Coming));
    const users = places.map(i => coming[i]);
    const { answers } = await call<{ answers: Ensured[] }>('ensure_users', { users });
    const inOrder: Ensured[] = [];
    places.forEach((place, i) => {
      inOrder[place] = answers[i] as Ensured;
    });
    return inOrder;
  });
  return {
    getUser: id => call('get_user', { id }),
    ensureUser: ensure,
    registerUser: user => call('register_user', user),
    verifyEmail: async (user, email) =>
      (await call<{ verified: boolean }>('verify_email', { user, email })).verified,
    enterByVendor: who => call('enter_by_vendor', who),
    findLogin: email => call('find_login', { email }),
    openSession: session => call('open_session', session),
    openBot: bot => call('open_bot', bot),
    rotateRefresh: swap => call('rotate_refresh', swap),
    revokeSession: (which, reason) => call('revoke_session', { ...which, reason }),
    endedSessions: async sessions => (await call<{ ended: string[] }>('ended_sessions', { sessions })).ended,
    makeLink: link => call('make_link', link),
    useLink: hash => call('use_link', { hash }),
  };
}

type Coming = Parameters<PeopleStore['ensureUser']>[0];
type Ensured = Awaited<ReturnType<PeopleStore['ensureUser']>>;

/** One order for all nodes. */
const order = (a: Coming, b: Coming) => compare(a.id, b.id) || compare(a.session ?? '', b.session ?? '');
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
