// The cards of what is being written: links to files in Drive are looked up as they appear, and nobody waits for them.
import { useEffect, useRef, useState } from 'react';
import { driveLinks, type FileLink } from '../../../shared/file-links.ts';
import { useWorkspace } from './use-workspace.ts';

/** Those that are known by now, of the links in the text. */
export function useFileLinks(text: string): FileLink[] {
  const { court } = useWorkspace();
  const asked = useRef(new Set<string>());
  const [known, setKnown] = useState<readonly FileLink[]>([]);

  useEffect(() => {
    for (const url of driveLinks(text)) {
      if (asked.current.has(url)) continue;
      asked.current.add(url);
      court.call('drive:lookup', { url }).then(
        ({ link }) => link && setKnown(links => [...links, link]),
        // The link goes without its name; the next time it is written, it is looked up anew.
        () => asked.current.delete(url),
      );
    }
  }, [text, court]);

  return driveLinks(text).flatMap(url => known.find(link => link.url === url) ?? []);
}
