import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Binding, Claim } from '../../hub/ports-integrations.ts';
import { createClaims } from './claims.ts';
import type { GatherEvent } from './visit.ts';

const test = suite('integrations/gather/claims');

const rect = (x1: number, y1: number, x2: number, y2: number) => ({ coords: [{ x1, y1, x2, y2 }] });
const office: GatherEvent[] = [
  { $case: 'mapSetName', mapSetName: { mapId: 'm1', name: 'office' } },
  {
    $case: 'mapSetAreas',
    mapSetAreas: {
      mapId: 'm1',
      areas: { hall: rect(0, 0, 20, 20), 'fountain court': rect(9, 9, 4, 4), 'Room 5': rect(12, 4, 14, 6) },
    },
  },
  {
    $case: 'mapSetNooks',
    mapSetNooks: {
      mapId: 'm1',
      nooks: { n1: { name: 'booth', nookCoords: { coords: [{ x: 30, y: 30 }] } } },
    },
  },
];
const named = (encId: number, uid: string): GatherEvent => ({
  $case: 'spaceSetsIdMapping',
  spaceSetsIdMapping: { uid, encId },
});
const joins = (encId: number): GatherEvent => ({ $case: 'playerJoins', playerJoins: { encId } });
const exits = (encId: number): GatherEvent => ({ $case: 'playerExits', playerExits: { encId } });
const moves = (encId: number, x: number, y: number, mapId?: string): GatherEvent => ({
  $case: 'playerMoves',
  playerMoves: { encId, x, y, ...(mapId !== undefined && { mapId }), lastInputId: 0 },
});
const away = (encId: number, on: boolean): GatherEvent => ({
  $case: 'playerSetsAway',
  playerSetsAway: { encId, away: on },
});
const status = (encId: number, word: string): GatherEvent => ({
  $case: 'playerSetsAvailability',
  playerSetsAvailability: { encId, status: word },
});
const bound = (place: string): Binding => ({ place, room: 'court', by: 'ada' });

/** What is claimed after these events, in the order in which it was. */
function claimed(events: readonly GatherEvent[], bindings: readonly Binding[] = []) {
  const words: [string, Claim | null][] = [];
  const claims = createClaims(
    { claim: (id, _part, claim) => void words.push([id, claim]), claimNothing: () => words.splice(0) },
    1,
  );
  claims.begin();
  claims.bound(bindings);
  for (const event of events) claims.heard(event);
  claims.entered();
  return { claims, words };
}

const ada = [named(1, 'ada'), joins(1), moves(1, 15, 15, 'm1'), away(1, false), status(1, 'Available')];

const WHERE: [spot: [number, number], bindings: string[], text: string][] = [
  [[40, 40], [], 'In Gather: office'],
  [[15, 15], [], 'In Gather: hall, office'],
  [[5, 5], [], 'In Gather: fountain court, office'],
  [[5, 5], ['office/fountain court'], 'In the fountain court (Gather)'],
  [[5, 5], ['m1/fountain court'], 'In the fountain court (Gather)'],
  // Corners belong to an area, whichever two are given.
  [[9, 4], ['office/fountain court'], 'In the fountain court (Gather)'],
  [[10, 4], ['office/fountain court'], 'In Gather: hall, office'],
  [[13, 5], ['office/Room 5'], 'In Room 5 (Gather)'],
  // The smaller of two that are bound, whichever was bound first.
  [[5, 5], ['office/hall', 'office/fountain court'], 'In the fountain court (Gather)'],
  [[5, 5], ['office/hall'], 'In the hall (Gather)'],
  [[30, 30], ['office/booth'], 'In the booth (Gather)'],
  [[40, 40], ['office/38,38-42,42'], 'In the office (Gather)'],
  [[43, 40], ['office/38,38-42,42'], 'In Gather: office'],
  [[43, 40], ['office'], 'In the office (Gather)'],
  [[5, 5], ['garden/fountain court'], 'In Gather: fountain court, office'],
];

test('a claim tells where somebody is: the bound area with its room, else the smallest area and the map', () => {
  for (const [[x, y], places, text] of WHERE) {
    const { words } = claimed([...office, ...ada, moves(1, x, y)], places.map(bound));
    const room = text.endsWith('(Gather)') ? { room: 'court' } : {};
    assert.equal(words, [['ada', { status: 'active', text, ...room }]], `${x},${y} ${places.join()}`);
  }
});

test('busy comes before away, away before active', () => {
  for (const [quiet, word, is] of [
    [false, 'Available', 'active'],
    [true, 'Available', 'away'],
    [false, 'Busy', 'busy'],
    [true, 'DoNotDisturb', 'busy'],
    [false, 'Something new', 'active'],
  ] as const) {
    const { words } = claimed([...ada, away(1, quiet), status(1, word)]);
    assert.is(words[0]?.[1]?.status, is, `${quiet} ${word}`);
  }
});

test('twice is once, and the order within what belongs together does not matter', () => {
  const expected = [['ada', { status: 'active', text: 'In Gather: hall, office' }]];
  assert.equal(claimed([...office, ...ada].flatMap(event => [event, event])).words, expected);
  assert.equal(claimed([...office, ...ada].reverse()).words, expected);
});

test('numbers without a name, people who left, figures of the map and steps after the end claim nothing', () => {
  const npc: GatherEvent = { $case: 'playerSetsIsNpc', playerSetsIsNpc: { encId: 1, isNpc: true } };
  for (const events of [
    [joins(9), moves(9, 1, 1, 'm1'), exits(8)],
    [...ada, exits(1)],
    [...ada, exits(1), moves(1, 2, 2), away(1, true)],
    [named(1, 'ada'), moves(1, 2, 2, 'm1')],
    [...ada, npc],
  ])
    assert.equal(claimed(events).words, []);
});

test('a number that is given to somebody else does not carry anything over', () => {
  const { words } = claimed([...office, ...ada, status(1, 'Busy'), named(1, 'bea'), joins(1)]);
  assert.equal(words, [['bea', { status: 'active', text: 'In Gather' }]]);
  const again = claimed([...office, ...ada, named(2, 'ada'), joins(2), moves(2, 5, 5, 'm1'), exits(1)]);
  assert.equal(again.words, [['ada', { status: 'active', text: 'In Gather: fountain court, office' }]]);
});

test('steps within an area are no news; those who are gone after a reconnection are taken back', async () => {
  const { claims, words } = claimed([...office, ...ada, named(2, 'bea'), joins(2)]);
  assert.is(words.length, 2);
  for (let step = 0; step < 100; step++) claims.heard(moves(1, 11 + (step % 8), 15));
  claims.heard(status(2, 'Busy'));
  while (words.length < 3) await new Promise(resolve => setTimeout(resolve, 1));
  assert.equal(words[2], ['bea', { status: 'busy', text: 'In Gather' }]);
  claims.lost();
  claims.begin();
  for (const event of [...office, ...ada]) claims.heard(event);
  assert.is(words.length, 3, 'nothing is said before all is known');
  claims.entered();
  assert.equal(words.slice(3), [['bea', null]]);
});

test('a name from outside stays one line and short enough for a status', () => {
  const mapId = 'm1';
  const areas = { [`\u0000a\n${'😀'.repeat(300)}`]: rect(0, 0, 20, 20) };
  const evil: GatherEvent[] = [{ $case: 'mapSetAreas', mapSetAreas: { mapId, areas } }];
  const text = claimed([...evil, ...ada]).words[0]?.[1]?.text ?? '';
  assert.match(text, /^In Gather: a (😀)+, m1$/u);
  assert.ok(text.isWellFormed() && text.length < 140);
});

test.run();
