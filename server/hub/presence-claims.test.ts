// The table of claims: what each combination adds up to, and why.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Vendor } from './ports-integrations.ts';
import { account, type Claims, effective, type ManualClaim, type VendorClaim } from './presence-claims.ts';

const test = suite('presence claims');
const NOW = Date.parse('2026-11-22T12:00:00Z');
const later = '2026-11-22T12:00:01Z';
const earlier = '2026-11-22T12:00:00Z';

/** `slack huddle busy`, and how many seconds it still holds. */
const says = (words: string, seconds?: number, text?: string): VendorClaim => {
  const [vendor, part, status] = words.split(' ') as [Vendor, string, VendorClaim['status']];
  return {
    vendor,
    part,
    status,
    ...(text && { text }),
    ...(seconds !== undefined && { until: NOW + seconds * 1000 }),
  };
};
const huddle = says('slack huddle busy', undefined, 'In a huddle');
const meeting = says('google calendar busy', 3600, 'In a meeting');
const [active, away, off] = ['active', 'away', 'offline'].map(status => says(`slack presence ${status}`)) as [
  VendorClaim,
  VendorClaim,
  VendorClaim,
];

type Row = [
  devices: number,
  manual: ManualClaim | undefined,
  vendors: VendorClaim[],
  status: string,
  sources: string[],
];
const table: Row[] = [
  // Sockets and the user alone.
  [0, undefined, [], 'offline', []],
  [0, { status: 'active' }, [], 'offline', []],
  [0, { status: 'dnd' }, [], 'offline', []],
  [1, undefined, [], 'active', ['socket']],
  [3, undefined, [], 'active', ['socket']],
  [1, { status: 'auto' }, [], 'active', ['socket']],
  [1, { status: 'auto', text: 'Lunch' }, [], 'active', ['socket', 'manual']],
  [1, { status: 'active' }, [], 'active', ['manual', 'socket']],
  [1, { status: 'away' }, [], 'away', ['manual', 'socket']],
  [1, { status: 'dnd' }, [], 'dnd', ['manual', 'socket']],
  [1, { status: 'invisible' }, [], 'offline', []],
  [1, { status: 'invisible', text: 'Secret' }, [], 'offline', []],
  [1, { status: 'dnd', until: later }, [], 'dnd', ['manual', 'socket']],
  [1, { status: 'dnd', until: earlier }, [], 'active', ['socket']],
  [1, { status: 'invisible', until: earlier }, [], 'active', ['socket']],
  // A vendor alone.
  [0, undefined, [active], 'active', ['slack']],
  [0, undefined, [away], 'away', ['slack']],
  [0, undefined, [off], 'offline', []],
  [0, undefined, [huddle], 'dnd', ['slack']],
  [0, undefined, [says('slack huddle busy', 0)], 'offline', []],
  // Active anywhere beats away, away beats offline.
  [1, undefined, [away], 'active', ['socket']],
  [1, undefined, [off], 'active', ['socket']],
  [1, undefined, [active], 'active', ['socket', 'slack']],
  [0, undefined, [away, says('gather space active')], 'active', ['gather']],
  [0, undefined, [off, says('gather space away')], 'away', ['gather']],
  // A call, a huddle or a meeting beats what is set to away or active, and being active.
  [1, undefined, [huddle], 'dnd', ['slack']],
  [1, undefined, [huddle, meeting], 'dnd', ['slack', 'google']],
  [1, { status: 'active' }, [meeting], 'dnd', ['google']],
  [1, { status: 'away' }, [active, meeting], 'dnd', ['google']],
  [1, { status: 'away' }, [active], 'away', ['manual', 'socket']],
  [1, { status: 'active' }, [away], 'active', ['manual', 'socket']],
  // Nothing beats do not disturb and invisible.
  [1, { status: 'dnd' }, [huddle], 'dnd', ['manual', 'socket', 'slack']],
  [1, { status: 'invisible' }, [huddle, active], 'offline', []],
  [0, { status: 'invisible' }, [active], 'offline', []],
  [0, { status: 'dnd' }, [active], 'dnd', ['manual']],
  [0, { status: 'dnd' }, [says('slack presence active', 0)], 'offline', []],
  // What else one set rests on a device.
  [0, { status: 'active' }, [away], 'away', ['slack']],
  [0, { status: 'away' }, [active], 'active', ['slack']],
];

const claimsOf = ([devices, manual, vendors]: Row): Claims => ({
  devices: Array.from({ length: devices }, (_, n) => `device ${n}`),
  manual,
  vendors,
});
const name = ([devices, manual, vendors, status]: Row) =>
  `${devices} devices, ${manual ? JSON.stringify(manual) : 'nothing set'}, ${
    vendors.map(one => `${one.vendor} ${one.status}`).join(' and ') || 'no vendor'
  }: ${status}`;

for (const row of table) {
  test(name(row), () => {
    const [, manual, , status, sources] = row;
    const presence = effective(claimsOf(row), NOW);
    assert.equal([presence.status, presence.sources], [status, sources]);
    if (sources.includes('manual') && !sources.includes('slack')) assert.is(presence.text, manual?.text);
    if (status === 'offline') assert.equal(presence, { status: 'offline', sources: [] });
  });
  test(`what won is what is shown; ${name(row)}`, () => {
    const claims = account(claimsOf(row), NOW);
    const won = claims.filter(one => one.won);
    assert.is(won.length, row[3] === 'offline' && won.length === 0 ? 0 : 1);
    if (row[4][0]) assert.is(won[0]?.source, row[4][0]);
    assert.is(claims.length, row[0] + (row[1] ? 1 : 0) + row[2].length);
    for (const one of claims) {
      assert.match(one.why, /\w.+\.$/);
      assert.ok(one.priority <= (won[0]?.priority ?? 0));
    }
  });
}

test('in a meeting says until when, in words and as a moment', () => {
  const presence = effective(
    { devices: ['phone'], vendors: [meeting], manual: { status: 'auto', text: 'Coffee' } },
    NOW,
  );
  const clock = new Date(NOW + 3_600_000).toTimeString().slice(0, 5);
  assert.equal([presence.text, presence.until], [`In a meeting until ${clock}`, '2026-11-22T13:00:00.000Z']);
});

test('of two that are as strong, words win, then what holds longest', () => {
  const shown = (...vendors: VendorClaim[]) => effective({ devices: [], vendors }, NOW).sources[0];
  assert.is(shown(says('slack dnd busy'), meeting), 'google');
  assert.is(shown(says('gather call busy', 10, 'In a call'), meeting), 'google');
  assert.is(shown(meeting, huddle), 'slack');
});

test('explaining says what outranks what, in words', () => {
  const claims = account({ devices: ['phone'], manual: { status: 'away' }, vendors: [huddle] }, NOW);
  assert.equal(
    claims.map(one => [one.source, one.part, one.won, one.why]),
    [
      ['manual', undefined, false, 'Outranked by slack (huddle): busy comes before away.'],
      [
        'slack',
        'huddle',
        true,
        'A call, a huddle or a meeting outranks everything but what one set oneself to do not disturb or invisible.',
      ],
      ['socket', 'phone', false, 'Outranked by slack (huddle): busy comes before active.'],
    ],
  );
});

test.run();
