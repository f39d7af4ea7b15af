// Goes to the message that the address names, as soon as its room is here; then the address is the room's again.
import { useEffect } from 'react';
import type { Room } from '../../js/index.ts';
import { replace } from '../state/route.ts';

export function useArrival(
  room: Room,
  message: string | undefined,
  jump: (message: string) => Promise<boolean>,
): void {
  useEffect(() => {
    if (message === undefined) return;
    let here = true;
    const arrive = async () => {
      await room.join();
      await jump(message);
    };
    // Where it does not lead there, one is in the room at least.
    arrive()
      .catch(() => undefined)
      .finally(() => here && replace({ room: room.id }));
    return () => {
      here = false;
    };
  }, [room, message, jump]);
}
