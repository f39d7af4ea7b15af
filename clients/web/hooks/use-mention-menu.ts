// Offers the room's people while one types a name after an `@`.
import type { RefObject } from 'react';
import { useRoomActions } from '../components/room-context.ts';
import { handleOf } from '../state/mentions.ts';
import type { Person } from '../state/people.ts';
import { useOfferMenu } from './use-offer-menu.ts';
import { useWorkspace } from './use-workspace.ts';

const OFFERED = 6;

export function useMentionMenu(
  field: RefObject<HTMLTextAreaElement | null>,
  value: string,
  onChange: (text: string) => void,
) {
  const { me, people } = useWorkspace();
  const { room } = useRoomActions();

  function offers(start: string): Person[] {
    const members = room.snapshot.members?.map(({ user, name }) => ({ id: user, name })) ?? people.all();
    return members
      .filter(({ id, name }) => id !== me.id && words(name).some(word => word.startsWith(start)))
      .sort((a, b) => a.name.localeCompare(b.name))
      .slice(0, OFFERED);
  }

  return useOfferMenu<Person>(field, value, onChange, {
    open: /(?:^|[^\p{L}\p{N}_])@([^\s@]*)$/u,
    offers,
    text: ({ name }) => `@${handleOf(name)}`,
  });
}

/** What one may begin to type: the whole handle, or a later part of the name. */
function words(name: string): string[] {
  const handle = handleOf(name).toLowerCase();
  return [handle, ...handle.split('.').slice(1)];
}
