// What was typed and not sent, per room and thread, over reloads.
import type { Keep } from './storage.ts';

export interface Drafts {
  read(place: string): string;
  write(place: string, text: string): void;
}

/** @param account whose they are: two people may share a browser */
export function createDrafts(keep: Keep, account: string): Drafts {
  const key = (place: string) => `${account}.draft.${place}`;
  return {
    read: place => keep.read<string>(key(place)) ?? '',
    write: (place, text) => keep.write(key(place), text || undefined),
  };
}
