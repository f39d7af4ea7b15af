// A node's book of presence as time passes: no flapping, no ghosts, nothing of those who were unlinked.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Claim } from './ports-integrations.ts';
import { createPresenceBook, LEASE } from './presence-book.ts';
import { SETTLE } from './presence-person.ts';

const test = suite('presence book');
const busy: Claim = { status: 'busy', text: 'In a huddle' };
const active: Claim = { status: 'active' };
const away: Claim = { status: 'away' };

function open() {
  let time = Date.parse('2026-11-22T12:00:00Z');
  const gone: string[] = [];
  const book = createPresenceBook({ now: () => time, grace: 10_000, gone: user => void gone.push(user) });
  return {
    ...book,
    gone,
    now: () => time,
    /** Lets so many ms pass, with a look every second as the hub does, and gives what was told of whom. */
    pass(ms: number): string[] {
      const told: string[] = [];
      for (const end = time + ms; time < end; ) {
        time = Math.min(end, time + 1000);
        told.push(...book.changes().map(({ user, status }) => `${user} ${status}`));
      }
      return told;
    },
  };
}

test('somebody a vendor sees is there without a socket, and gone when it takes its word back', () => {
  const book = open();
  book.claimed('ada', 'slack', 'presence', active);
  assert.equal(book.pass(1000), ['ada active']);
  book.claimed('ada', 'slack', 'presence', away);
  assert.equal(book.pass(10_000), ['ada away']);
  book.claimed('ada', 'slack', 'presence', null);
  assert.equal(book.pass(10_000), ['ada offline']);
  assert.is(book.people.size, 0);
});

test('more shows at once, less after it has stood, wavering not at all', () => {
  const book = open();
  book.claimed('ada', 'slack', 'presence', active);
  book.pass(1000);
  for (let n = 0; n < 20; n++) {
    book.claimed('ada', 'slack', 'presence', n % 2 ? active : away);
    assert.equal(book.pass(1000), []);
  }
  book.claimed('ada', 'slack', 'huddle', busy);
  assert.equal(book.pass(1000), ['ada dnd']);
  book.claimed('ada', 'slack', 'huddle', null);
  assert.equal(book.pass(SETTLE - 1000), []);
  assert.is(book.get('ada').status, 'dnd');
  assert.equal(book.pass(2000), ['ada active']);
});

test('what one sets oneself shows at once, invisible above all', () => {
  const book = open();
  book.connected('ada', 'phone');
  book.claimed('ada', 'slack', 'huddle', busy);
  book.pass(1000);
  book.set('ada', { status: 'invisible' });
  assert.is(book.get('ada').status, 'offline');
  assert.equal(book.pass(1000), ['ada offline']);
  book.disconnected('ada', 'phone');
  assert.equal(book.pass(60_000), []);
});

test('a claim ends when it said it would, and costs no look before', () => {
  const book = open();
  book.claimed('ada', 'google', 'calendar', { ...busy, until: book.now() + 60_000 });
  assert.equal(book.pass(59_000), ['ada dnd']);
  assert.equal(book.pass(6000), ['ada offline']);
  assert.is(book.people.size, 0);
});

test('a reload is no change, and the grace is all that somebody without a socket gets', () => {
  const book = open();
  book.connected('ada', 'one');
  book.pass(1000);
  book.disconnected('ada', 'one');
  book.pass(5000);
  book.connected('ada', 'two');
  assert.equal(book.pass(30_000), []);
  book.disconnected('ada', 'two');
  assert.equal(book.pass(10_000), ['ada offline']);
  assert.equal(book.gone, ['ada']);
});

test('the word of a node that died holds no longer than its lease; one that is repeated holds (I11)', () => {
  const [holder, other] = [open(), open()];
  holder.claimed('ada', 'slack', 'presence', active);
  const hear = (whole: boolean) =>
    other.heard({ node: 'holder', whole, people: whole ? holder.claims() : holder.news() });
  hear(false);
  assert.equal(other.pass(10_000), ['ada active']);
  for (let n = 0; n < 6; n++) {
    hear(true);
    assert.equal(other.pass(10_000), []);
  }
  assert.equal(other.pass(LEASE), ['ada offline']);
  assert.is(other.people.size, 0);
});

test('unlinking ends the vendor`s claims at once, here and for those who only heard of them', () => {
  const [holder, other] = [open(), open()];
  holder.claimed('ada', 'slack', 'huddle', busy);
  holder.claimed('ada', 'gather', 'space', active);
  other.heard({ node: 'holder', whole: false, people: holder.news() });
  for (const book of [holder, other]) {
    assert.equal(book.pass(1000), ['ada dnd']);
    book.unlinked('ada', 'slack');
    assert.equal(book.get('ada').sources, ['gather']);
    assert.equal(book.pass(1000), ['ada active']);
  }
});

test('a clock that is set back or ahead leaves nobody behind', () => {
  let time = 1_000_000_000_000;
  const book = createPresenceBook({ now: () => time, grace: 10_000, gone: () => {} });
  book.claimed('ada', 'google', 'calendar', { ...busy, until: time + 20_000 });
  book.changes();
  time += 300_000;
  book.changes();
  time -= 330_000;
  book.claimed('bob', 'google', 'calendar', { ...busy, until: time + 20_000 });
  book.changes();
  for (let n = 0; n < 40; n++) {
    time += 1000;
    book.changes();
  }
  assert.equal([...book.people.keys()], []);
});

test.run();
