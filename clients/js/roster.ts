// A room and its people, as the log tells it.
import type { CallData } from '../../shared/protocol/calls.ts';
import type { LogEvent } from '../../shared/protocol/events.ts';
import type { Member, Room as RoomInfo, RoomRole } from '../../shared/protocol/models.ts';

export class Roster {
  info: RoomInfo | undefined;
  /** One's own. */
  role: RoomRole | undefined;
  /** Undefined where there are too many. Never changed in place. */
  members: readonly Member[] | undefined;
  count = 0;
  /** What the hub told at the last join holds for the log up to here. */
  #asOf = 0;

  joined({ room, role, members, head }: CallData<'room:join'>): void {
    this.#asOf = head;
    this.info = room;
    this.role = role;
    this.members = Array.isArray(members) ? members : undefined;
    this.count = Array.isArray(members) ? members.length : members.count;
  }

  apply(event: LogEvent, me: string): void {
    if (event.seq <= this.#asOf) return;
    switch (event.type) {
      case 'room.updated':
        if (this.info) this.info = updated(this.info, event.data);
        break;
      case 'member.joined': {
        const { user, name, role } = event.data;
        this.#replace(user, { user, name, role });
        if (user === me) this.role = role;
        break;
      }
      case 'member.role': {
        const { user, role } = event.data;
        const member = this.members?.find(member => member.user === user);
        if (member) this.#replace(user, { ...member, role });
        if (user === me) this.role = role;
        break;
      }
      case 'member.left':
      case 'member.removed':
        this.#replace(event.data.user);
        break;
    }
  }

  #replace(user: string, member?: Member): void {
    const isThere = this.members?.some(other => other.user === user) ?? member === undefined;
    this.count += Number(member !== undefined) - Number(isThere);
    if (!this.members) return;
    const others = this.members.filter(other => other.user !== user);
    this.members = member ? [...others, member] : others;
  }
}

function updated(info: RoomInfo, changes: Extract<LogEvent, { type: 'room.updated' }>['data']): RoomInfo {
  const { retentionDays, ...rest } = changes;
  const { retentionDays: before, ...kept } = info;
  const days = retentionDays === undefined ? before : (retentionDays ?? undefined);
  return { ...kept, ...rest, ...(days !== undefined && { retentionDays: days }) } as RoomInfo;
}
