// A service account that a domain trusts: fifty calendars to a request, and what is wrong with it said plainly.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openGoogleSimulator } from '../../scripts/simulators/google/simulator.ts';
import { FREE_BUSY } from '../integrations/google/access.ts';
import { createIntegrationStore } from '../store/queries/integrations.ts';
import { openTestDatabase } from '../testing/database.ts';
import { bootWithGoogle, type GoogleHub } from '../testing/google.ts';
import { until } from '../testing/until.ts';

const MINUTE = 60_000;
const test = suite('google-service');
const state = ({ hub }: GoogleHub) =>
  hub.hub.integrations.states().google as { state: string; reason?: string; next?: string };
const free = ({ google }: GoogleHub) => google.requests.get('POST /calendar/v3/freeBusy') ?? 0;

/** Somebody whom an administrator linked to the address of their calendar. */
async function link({ google, hub }: GoogleHub, email: string): Promise<string> {
  const user = email.split('@')[0] as string;
  google.addPerson(email);
  await hub.db.call('ensure_user', { id: user, name: user, role: 'member' });
  await createIntegrationStore(hub.db).link({ vendor: 'google', id: email, user, how: 'admin' });
  return user;
}

function meet({ google }: GoogleHub, email: string) {
  google.calendars.put(email, {
    start: { dateTime: new Date(Date.now() - MINUTE).toISOString() },
    end: { dateTime: new Date(Date.now() + 30 * MINUTE).toISOString() },
  });
}

const busy = ({ hub }: GoogleHub, user: string) => hub.hub.presence.get(user).sources.includes('google');

test('120 calendars are three requests; whom the first may not see is asked for in their own name', async () => {
  await using database = await openTestDatabase();
  await using google = await openGoogleSimulator();
  google.oauth.delegated.add(FREE_BUSY);
  const options = { databaseUrl: database.url };
  {
    await using prepared = await bootWithGoogle({ ...options, integrations: [] }, 'service', google);
    for (let n = 0; n < 119; n++) await link(prepared, `p${n}@example.com`);
    await link(prepared, 'x@elsewhere.example');
    meet(prepared, 'p7@example.com');
    meet(prepared, 'p118@example.com');
    meet(prepared, 'x@elsewhere.example');
  }
  const tempo = { everyMs: 60 * MINUTE, gap: 0, wait: 10 };
  await using context = await bootWithGoogle({ ...options, googleTempo: tempo }, 'service', google);
  await until(() => state(context).state === 'ready');
  await until(() => ['p7', 'p118', 'x'].every(user => busy(context, user)));
  assert.is(busy(context, 'p8'), false);
  assert.is(free(context), 4);
});

test('failure: an access token of the service account that ends early (401) costs a round, and no claim', async () => {
  await using context = await bootWithGoogle({}, 'service');
  context.google.oauth.delegated.add(FREE_BUSY);
  const ada = await link(context, 'ada@example.com');
  meet(context, 'ada@example.com');
  await until(() => busy(context, ada));
  context.google.oauth.expire();
  const before = context.google.requests.get('POST /token') ?? 0;
  await until(() => (context.google.requests.get('POST /token') ?? 0) > before);
  assert.ok(busy(context, ada));
  await until(() => state(context).state === 'ready');
});

test('failure: no delegation for these scopes is said, with what to do, and mended without a restart', async () => {
  await using context = await bootWithGoogle({}, 'service');
  const ada = await link(context, 'ada@example.com');
  await until(() => state(context).state === 'failed');
  assert.match(state(context).reason ?? '', /does not take the credentials: unauthorized_client/);
  assert.match(state(context).next ?? '', /domain-wide delegation for calendar.freebusy/);
  context.google.oauth.delegated.add(FREE_BUSY);
  meet(context, 'ada@example.com');
  await until(() => busy(context, ada));
  assert.is(state(context).state, 'ready');
});

test('failure: a clock that is wrong by hours is said to be that', async () => {
  await using google = await openGoogleSimulator({ now: () => Date.now() + 2 * 60 * MINUTE });
  google.oauth.delegated.add(FREE_BUSY);
  await using context = await bootWithGoogle({}, 'service', google);
  await link(context, 'ada@example.com');
  await until(() => state(context).state === 'failed');
  assert.match(state(context).next ?? '', /clock/);
});

test('failure: somebody whom the domain does not know is not seen, and holds up nobody', async () => {
  await using context = await bootWithGoogle({}, 'service');
  context.google.oauth.delegated.add(FREE_BUSY);
  await link(context, 'a-ghost@example.com');
  const ada = await link(context, 'ada@example.com');
  context.google.removePerson('a-ghost@example.com');
  meet(context, 'ada@example.com');
  await until(() => busy(context, ada));
  await until(() => state(context).state === 'degraded');
  assert.match(state(context).reason ?? '', /1 person/);
});

test.run();
