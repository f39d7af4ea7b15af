// I10: the tables and everyone's final view are what the log folds to.
import type { Message } from '#shared/protocol/models.ts';
import { applyEvent } from '#shared/room-state.ts';
import { canonical, type FinalRoom } from '../history.ts';
import { createFinding, type Evidence, type Finding, floorAt } from './evidence.ts';

export function checkConvergence(evidence: Evidence): Finding {
  const finding = createFinding();
  const folds = new Map([...evidence.rooms.values()].map(room => [room.id, fold(room)]));

  for (const room of evidence.rooms.values()) {
    finding.fact();
    const { messages, members } = folds.get(room.id) as Folded;
    const difference = firstDifference(messages, room.messages);
    if (difference) finding.broken(`the messages of ${room.id} are not what its log folds to`, ...difference);
    const roles = room.members.map(({ user, role }) => [user, role] as const).toSorted(byName);
    const folded = [...members].toSorted(byName);
    if (canonical(roles) !== canonical(folded))
      finding.broken(`the members of ${room.id} are not what its log folds to`, { table: roles, folded });
  }
  for (const read of evidence.of('final')) {
    const folded = folds.get(read.room);
    const floor = floorAt(evidence, read.room, read.user, read.head);
    if (!folded || floor === undefined) continue;
    finding.fact();
    const difference = firstDifference(
      folded.messages.filter(message => message.seq >= floor),
      evidence.messages(read.messages),
    );
    if (difference)
      finding.broken(`${read.user} on ${read.node} sees other messages in ${read.room}`, read, ...difference);
  }
  return finding.end();
}

interface Folded {
  readonly messages: readonly Message[];
  readonly members: ReadonlyMap<string, string>;
}

function fold(room: FinalRoom): Folded {
  const messages = new Map<string, Message>();
  const members = new Map<string, string>();
  for (const event of room.events) {
    applyEvent(messages, room.id, event);
    if (event.type === 'member.joined') members.set(event.data.user, event.data.role);
    else if (event.type === 'member.role') members.set(event.data.user, event.data.role);
    else if (event.type === 'member.left' || event.type === 'member.removed') members.delete(event.data.user);
  }
  return { messages: [...messages.values()], members };
}

function firstDifference(folded: readonly Message[], held: readonly Message[]): unknown[] | undefined {
  for (let i = 0; i < Math.max(folded.length, held.length); i++) {
    if (canonical(folded[i] ?? null) !== canonical(held[i] ?? null))
      return [{ folded: folded[i] }, { held: held[i] }];
  }
  return undefined;
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]) => (a < b ? -1 : 1);
