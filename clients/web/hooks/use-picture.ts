// A picture of a shared file, from the memory of this page or from the hub.
import { useEffect, useState } from 'react';
import type { CallError } from '../../js/index.ts';
import type { Edge } from '../state/pictures.ts';
import { useWorkspace } from './use-workspace.ts';

export type Shown = { url: string } | { error: CallError } | undefined;

/** Undefined while it is fetched, and for what has no picture. */
export function usePicture(file: string | undefined, edge: Edge): Shown {
  const { pictures } = useWorkspace();
  const known = file && pictures.known(file, edge);
  const [loaded, setLoaded] = useState<{ of: string; shown: Shown }>();
  const wanted = `${file} ${edge}`;

  useEffect(() => {
    if (!file || known) return;
    let here = true;
    const set = (shown: Shown) => here && setLoaded({ of: `${file} ${edge}`, shown });
    pictures.get(file, edge).then(
      url => set({ url }),
      error => set({ error }),
    );
    return () => {
      here = false;
    };
  }, [pictures, file, edge, known]);

  if (known) return { url: known };
  return loaded?.of === wanted ? loaded.shown : undefined;
}
