// Who is in the room: people who are there first, then bots, then who is not there.
import { useState, useSyncExternalStore } from 'react';
import type { Member, PresenceStatus, RoomSnapshot } from '../../js/index.ts';
import { arrowKeys } from '../hooks/use-arrow-keys.ts';
import { usePerson, usePresence, useWorkspace } from '../hooks/use-workspace.ts';
import { go } from '../state/route.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { Panel } from './panel.tsx';
import { useRoomActions } from './room-context.ts';
import { StatusLine } from './status-line.tsx';

const onArrow = arrowKeys();

export function MembersPanel({ snapshot, add }: { snapshot: RoomSnapshot; add(): void }) {
  const { court, people } = useWorkspace();
  const { moderates } = useRoomActions();
  const [error, setError] = useState<string>();
  // A string, since the map is the same one for ever.
  useSyncExternalStore(
    listener => court.on('presence', listener),
    () => snapshot.members?.map(({ user }) => court.presence.get(user)?.status ?? '').join(),
  );

  // Likewise: who is a bot is known once the hub has told.
  useSyncExternalStore(people.subscribe, () =>
    snapshot.members?.map(({ user }) => people.get(user)?.role ?? '').join(),
  );

  const { members, memberCount, presenceCounts } = snapshot;
  const status = ({ user }: Member): PresenceStatus => court.presence.get(user)?.status ?? 'offline';
  const sorted = [...(members ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  const there = sorted.filter(member => status(member) !== 'offline');
  const isBot = ({ user }: Member) => people.get(user)?.role === 'bot';
  const here = there.filter(member => !isBot(member));
  const bots = there.filter(isBot);
  const away = sorted.filter(member => status(member) === 'offline');

  return (
    <Panel title="People" note={String(memberCount)}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys only move between the buttons inside */}
      <div className="panel-scroll" onKeyDown={onArrow}>
        {error && (
          <p className="note note-error" role="alert">
            {error}
          </p>
        )}
        {moderates && snapshot.info?.kind !== 'direct' && (
          <button type="button" className="person person-add" data-item onClick={add}>
            <Icon name="plus" /> Add people
          </button>
        )}
        {!members && (
          <p className="panel-text">
            Too many to list. {presenceCounts && `${presenceCounts.active} are active now.`}
          </p>
        )}
        <Group title="Here" members={here} fail={setError} />
        <Group title="Bots" members={bots} fail={setError} />
        <Group title="Offline" members={away} fail={setError} />
      </div>
    </Panel>
  );
}

function Group({
  title,
  members,
  fail,
}: {
  title: string;
  members: readonly Member[];
  fail(error: string): void;
}) {
  if (members.length === 0) return null;
  return (
    <>
      <h3>
        {title} <span>{members.length}</span>
      </h3>
      <ul>
        {members.map(member => (
          <PersonRow key={member.user} member={member} fail={fail} />
        ))}
      </ul>
    </>
  );
}

function PersonRow({ member, fail }: { member: Member; fail(error: string): void }) {
  const { me, rooms } = useWorkspace();
  const person = usePerson(member.user);
  const presence = usePresence(member.user);
  const self = member.user === me.id;
  const mayWrite = !self && me.role !== 'guest';

  const write = async () => {
    try {
      go({ room: await rooms.create({ kind: 'direct', members: [member.user] }) });
    } catch (error) {
      fail((error as Error).message);
    }
  };

  const face = (
    <>
      <Avatar user={member.user} presence />
      <span className="person-name">
        <span>
          <strong>{member.name}</strong>
          {self && ' (you)'}
          {member.role !== 'member' && <span className="tag">{member.role}</span>}
          {(person.role === 'bot' || person.role === 'guest') && <span className="tag">{person.role}</span>}
        </span>
        {presence && <StatusLine presence={presence} />}
      </span>
    </>
  );
  return (
    <li>
      {mayWrite ? (
        <button
          type="button"
          className="person"
          data-item
          aria-label={`Write to ${member.name}`}
          onClick={write}
        >
          {face}
          <Icon name="chat" />
        </button>
      ) : (
        <div className="person">{face}</div>
      )}
    </li>
  );
}
