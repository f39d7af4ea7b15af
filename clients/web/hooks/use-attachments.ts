// What is attached where one writes, and how more is added: what is too large is told before a byte of it goes out.
import { useCallback, useState } from 'react';
import { bytesWords } from '../../../shared/file-words.ts';
import type { Chosen, Waiting } from '../state/attachments.ts';
import { useStore } from './use-store.ts';
import { useWorkspace } from './use-workspace.ts';

/** What the hub takes in one message. */
export const MOST_FILES = 20;

export interface Attached extends Waiting {
  add(files: readonly Chosen[]): void;
  /** Why something was not taken. */
  readonly notice: string | undefined;
  dismiss(): void;
}

export function useAttachments(place: string, room: string): Attached {
  const { attachments, court } = useWorkspace();
  const waiting = useStore(attachments.at(place));
  const [notice, setNotice] = useState<string>();

  const add = useCallback(
    (files: readonly Chosen[]) => {
      const most = court.welcome?.limits.fileBytes ?? Number.POSITIVE_INFINITY;
      const fitting = files.filter(({ file }) => file.size <= most);
      const free = MOST_FILES - attachments.at(place).getSnapshot().uploads.length;
      const large = files.find(({ file }) => file.size > most)?.file;
      if (large) setNotice(`${large.name} is larger than the ${bytesWords(most)} that this hub takes.`);
      else if (fitting.length > free) setNotice(`A message takes ${MOST_FILES} files; send these first.`);
      else setNotice(undefined);
      attachments.add(place, room, fitting.slice(0, free));
    },
    [attachments, court, place, room],
  );

  return { ...waiting, add, notice, dismiss: () => setNotice(undefined) };
}
