// The cards of what is being written: links to files in Drive are looked up as they appear, and nobody waits for them.
import { useCallback, useEffect, useRef } from 'react';
import { driveLinks, type FileLink } from '../../../shared/file-links.ts';
import { useWorkspace } from './use-workspace.ts';

/** Gives the cards that are known by now of the links in a text. */
export function useFileLinks(text: string): (text: string) => FileLink[] {
  const { court } = useWorkspace();
  const known = useRef(new Map<string, FileLink | null>());

  useEffect(() => {
    for (const url of driveLinks(text)) {
      if (known.current.has(url)) continue;
      known.current.set(url, null);
      court.call('drive:lookup', { url }).then(
        ({ link }) => known.current.set(url, link),
        // The link goes without its name; the next time it is written, it is looked up anew.
        () => known.current.delete(url),
      );
    }
  }, [text, court]);

  return useCallback(sent => driveLinks(sent).flatMap(url => known.current.get(url) ?? []), []);
}
