// Offers the commands of the room's bots while one types a first word after a slash. Where nothing can be run, nothing is offered.
import { type RefObject, useEffect } from 'react';
import type { OfferedCommand } from '../../../shared/protocol/bots.ts';
import { useRoomActions } from '../components/room-context.ts';
import { useOfferMenu } from './use-offer-menu.ts';
import { useStore } from './use-store.ts';
import { useWorkspace } from './use-workspace.ts';

const OFFERED = 8;

export function useCommandMenu(
  field: RefObject<HTMLTextAreaElement | null>,
  value: string,
  onChange: (text: string) => void,
  wanted: boolean,
) {
  const { bots } = useWorkspace();
  const { room } = useRoomActions();
  const { commands } = useStore(bots.desk(room.id));
  const begun = wanted && value.startsWith('/');
  useEffect(() => {
    if (begun) bots.look(room.id);
  }, [begun, bots, room]);

  return useOfferMenu<OfferedCommand>(field, value, onChange, {
    open: /^\/([a-z0-9_-]*)$/i,
    offers: start => (wanted ? commands.filter(({ name }) => name.startsWith(start)).slice(0, OFFERED) : []),
    text: ({ name }) => `/${name}`,
    isWhole: ({ name }, typed) => name === typed,
  });
}
