import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallData } from '../../shared/protocol/calls.ts';
import type { LogEvent } from '../../shared/protocol/events.ts';
import { Roster } from './roster.ts';

const test = suite('roster');
const at = '2026-01-01T00:00:00.000Z';
const event = (seq: number, change: Pick<LogEvent, 'type' | 'data'>) =>
  ({ seq, id: `e${seq}`, at, by: 'ada', ...change }) as LogEvent;
const joinedWith = (members: CallData<'room:join'>['members'], retentionDays?: number) => {
  const roster = new Roster();
  roster.joined({
    room: {
      id: 'lobby',
      title: 'Lobby',
      kind: 'public',
      ai: true,
      archived: false,
      createdAt: at,
      createdBy: 'ada',
      epoch: 'a',
      head: 10,
      ...(retentionDays && { retentionDays }),
    },
    role: 'owner',
    members,
    head: 10,
  } as CallData<'room:join'>);
  return roster;
};
const ada = { user: 'ada', name: 'Ada', role: 'owner' as const };

test('follows who comes, goes and rises', () => {
  const roster = joinedWith([ada]);
  roster.apply(
    event(11, { type: 'member.joined', data: { user: 'bob', name: 'Bob', role: 'member' } }),
    'bob',
  );
  assert.equal([roster.count, roster.members!.length, roster.role], [2, 2, 'member']);
  roster.apply(event(12, { type: 'member.role', data: { user: 'bob', role: 'moderator' } }), 'bob');
  assert.equal([roster.members![1]!.role, roster.role], ['moderator', 'moderator']);
  roster.apply(event(13, { type: 'member.removed', data: { user: 'ada' } }), 'bob');
  assert.equal([roster.count, roster.members!.map(member => member.user)], [1, ['bob']]);
});

test('does not count twice what the answer to the join knew already', () => {
  const roster = joinedWith({ count: 500 });
  const join = {
    type: 'member.joined' as const,
    data: { user: 'bob', name: 'Bob', role: 'member' as const },
  };
  roster.apply(event(9, join), 'ada');
  roster.apply(event(11, join), 'ada');
  assert.equal([roster.count, roster.members], [501, undefined]);
  roster.apply(event(12, { type: 'member.left', data: { user: 'eve' } }), 'ada');
  assert.is(roster.count, 500);
});

test('follows the room itself', () => {
  const roster = joinedWith([ada], 30);
  roster.apply(event(11, { type: 'room.updated', data: { title: 'Hall' } }), 'ada');
  assert.equal([roster.info!.title, roster.info!.retentionDays], ['Hall', 30]);
  roster.apply(event(12, { type: 'room.updated', data: { retentionDays: null } }), 'ada');
  assert.not('retentionDays' in roster.info!);
});

test.run();
