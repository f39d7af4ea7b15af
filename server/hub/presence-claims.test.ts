// The table of claims: what each combination adds up to.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { effective, type ManualClaim } from './presence-claims.ts';

const test = suite('presence claims');
const NOW = Date.parse('2026-11-22T12:00:00Z');
const later = '2026-11-22T12:00:01Z';
const earlier = '2026-11-22T12:00:00Z';

const table: [there: boolean, manual: ManualClaim | undefined, status: string, sources: string[]][] = [
  [false, undefined, 'offline', []],
  [false, { status: 'active' }, 'offline', []],
  [false, { status: 'dnd' }, 'offline', []],
  [true, undefined, 'active', ['socket']],
  [true, { status: 'auto' }, 'active', ['socket']],
  [true, { status: 'auto', text: 'Lunch' }, 'active', ['socket', 'manual']],
  [true, { status: 'active' }, 'active', ['manual', 'socket']],
  [true, { status: 'away' }, 'away', ['manual', 'socket']],
  [true, { status: 'dnd' }, 'dnd', ['manual', 'socket']],
  [true, { status: 'invisible' }, 'offline', []],
  [true, { status: 'invisible', text: 'Secret' }, 'offline', []],
  [true, { status: 'dnd', until: later }, 'dnd', ['manual', 'socket']],
  [true, { status: 'dnd', until: earlier }, 'active', ['socket']],
  [true, { status: 'invisible', until: earlier }, 'active', ['socket']],
];

for (const [there, manual, status, sources] of table) {
  test(`${there ? 'there' : 'gone'}, ${JSON.stringify(manual) ?? 'nothing said'}: ${status}`, () => {
    const presence = effective({ there, manual }, NOW);
    assert.equal([presence.status, presence.sources], [status, sources]);
    const shown = presence.status !== 'offline' && manual && !(manual.until === earlier);
    assert.is(presence.text, shown ? manual.text : undefined);
  });
}

test.run();
