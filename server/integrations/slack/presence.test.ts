// Who is there and who is busy, as Slack says it: the claims themselves, and their way into a real hub.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSlackSimulator } from '../../../scripts/simulators/slack/simulator.ts';
import type { Claim } from '../../hub/ports-integrations.ts';
import { createIntegrationStore } from '../../store/queries/integrations.ts';
import { boot } from '../../testing/boot.ts';
import { connect } from '../../testing/client.ts';
import { FAST, openSlackStage, type SlackStage, until } from '../../testing/slack.ts';
import { createTestVendor } from '../../testing/vendor.ts';
import type { Profile } from './events.ts';
import { createSlack } from './index.ts';
import { partsOf } from './map.ts';
import { choose } from './presence.ts';

const test = suite('slack presence');
const NOW = 1_800_000_000_000;
const SOON = NOW / 1000 + 60;
const AGO = NOW / 1000 - 60;
const profile = (more: Partial<Profile> = {}): Profile => ({
  status_text: '',
  status_emoji: '',
  status_expiration: 0,
  ...more,
});
const quiet = (start: number, end: number, dnd_enabled = true) => ({
  dnd_enabled,
  next_dnd_start_ts: start,
  next_dnd_end_ts: end,
});

const CLAIMS: [
  what: string,
  known: Parameters<typeof partsOf>[0],
  part: 'huddle' | 'dnd' | 'status' | 'presence',
  claim: Claim | null,
][] = [
  ['nothing is known', {}, 'presence', null],
  ['active', { presence: 'active' }, 'presence', { status: 'active' }],
  [
    'away with a status',
    { presence: 'away', profile: profile({ status_text: 'Lunch', status_emoji: ':pizza:' }) },
    'presence',
    { status: 'away', text: 'Lunch', emoji: '🍕' },
  ],
  [
    'a status that ran out',
    { presence: 'away', profile: profile({ status_text: 'Lunch', status_expiration: AGO }) },
    'presence',
    { status: 'away' },
  ],
  [
    'in a huddle',
    { profile: profile({ huddle_state: 'in_a_huddle' }) },
    'huddle',
    { status: 'busy', text: 'In a huddle', emoji: '🎧' },
  ],
  [
    'in a huddle with an end',
    { profile: profile({ huddle_state: 'in_a_huddle', huddle_state_expiration_ts: SOON }) },
    'huddle',
    { status: 'busy', text: 'In a huddle', emoji: '🎧', until: SOON * 1000 },
  ],
  [
    'a huddle that ran out',
    { profile: profile({ huddle_state: 'in_a_huddle', huddle_state_expiration_ts: AGO }) },
    'huddle',
    null,
  ],
  ['out of the huddle', { profile: profile({ huddle_state: 'default_unset' }) }, 'huddle', null],
  [
    'in a meeting',
    {
      profile: profile({
        status_text: 'In a meeting',
        status_emoji: ':spiral_calendar_pad:',
        status_expiration: SOON,
      }),
    },
    'status',
    { status: 'busy', text: 'In a meeting', emoji: '🗓️', until: SOON * 1000 },
  ],
  [
    'paused now',
    { dnd: quiet(AGO, SOON) },
    'dnd',
    { status: 'busy', text: 'Notifications are paused', emoji: '🔕', until: SOON * 1000 },
  ],
  ['paused later', { dnd: quiet(SOON, SOON + 60) }, 'dnd', null],
  ['not paused', { dnd: quiet(AGO, SOON, false) }, 'dnd', null],
];

for (const [what, known, part, claim] of CLAIMS) {
  test(`${what}: ${part} is ${JSON.stringify(claim)}`, () => assert.equal(partsOf(known, NOW)[part], claim));
}

test('those who are watched are asked about first, nobody too soon, and nobody never', () => {
  const people = Array.from({ length: 20 }, (_, i) => ({ id: `U${i}`, watched: i < 2 }));
  const asked = new Map(people.map(({ id }) => [id, 0]));
  const turns = new Map<string, number>();
  for (let now = 30_000; now < 30_000 + 400 * 1300; now += 1300) {
    const next = choose(people, asked, now);
    if (next === undefined) continue;
    assert.ok(now - (asked.get(next) ?? 0) >= 20_000, 'not too soon');
    asked.set(next, now);
    turns.set(next, (turns.get(next) ?? 0) + 1);
  }
  const [watched, other] = [turns.get('U0') ?? 0, turns.get('U9') ?? 0];
  assert.ok(watched > other, `${watched} looks at a watched one, ${other} at another`);
  assert.is(turns.size, 20);
});

let stage: SlackStage;
const claims: [id: string, part: string, claim: Claim | null][] = [];
const last = (id: string, part: string) => claims.findLast(one => one[0] === id && one[1] === part)?.[2];

test('through the real client: huddle, status, pause and presence become claims, each change once', async () => {
  await using simulator = await openSlackSimulator({ limits: false });
  const vendor = createTestVendor('slack');
  await using hub = await boot({ integrations: [vendor] });
  await until(() => vendor.court !== undefined);
  const store = createIntegrationStore(hub.db);
  const ada = simulator.workspace.addUser('Ada', { email: 'ada@example.com' });
  await using _ada = await connect(hub.url, { token: await hub.token('ada') });
  await store.link({ vendor: 'slack', id: ada.id, user: 'ada', how: 'admin' });
  const introduced: string[] = [];
  const court = {
    ...(vendor.court as NonNullable<typeof vendor.court>),
    claim: (...said: (typeof claims)[number]) => void claims.push(said),
    introduce: async ({ id }: { id: string }) => introduced.push(id) > 0,
  };
  const stranger = simulator.workspace.addUser('Eve', { email: 'eve@example.com' });
  simulator.workspace.addUser('Mallory', { email: 'ada@example.com', is_email_confirmed: false });
  const { botToken: token, appToken, apiUrl } = simulator;
  await using adapter = createSlack({ token, appToken, apiUrl, tempo: { ...FAST, poll: 10 } }).start(court);
  await until(() => adapter.state().state === 'ready');
  await until(() => last(ada.id, 'presence')?.status === 'away');
  // Who is linked need not be introduced; whose address nobody checked is not.
  await until(() => introduced.length > 0);
  assert.equal([...new Set(introduced)], [stranger.id]);

  simulator.workspace.setPresence(ada.id, 'active');
  await until(() => last(ada.id, 'presence')?.status === 'active');
  const before = claims.length;
  simulator.workspace.setHuddle(ada.id, true);
  await until(() => last(ada.id, 'huddle') !== undefined);
  simulator.workspace.setDnd(ada.id, 600);
  await until(() => last(ada.id, 'dnd')?.status === 'busy');
  simulator.workspace.setHuddle(ada.id, false);
  await until(() => last(ada.id, 'huddle') === null);
  // Slack told of each huddle twice, under two names.
  assert.equal(
    claims.slice(before).map(([, part, claim]) => [part, claim?.status]),
    [
      ['huddle', 'busy'],
      ['dnd', 'busy'],
      ['huddle', undefined],
    ],
  );

  await adapter[Symbol.asyncDispose]();
  await until(() => simulator.sockets.size === 0);
});

test('claims end when there was no connection for long, and come back with it', async () => {
  stage = await openSlackStage({ slack: { stale: 50 } });
  await using _ = stage;
  const { slack, state, adaThere } = stage;
  slack.workspace.setHuddle(adaThere.id, true);
  slack.fail({ method: 'apps.connections.open', kind: 'status', status: 500 });
  slack.sockets.cut();
  await until(() => state().state === 'connecting');
  const swept = slack.calls.get('users.list') ?? 0;
  slack.mend();
  await until(() => state().state === 'ready' && (slack.calls.get('users.list') ?? 0) > swept);
});

test.run();
