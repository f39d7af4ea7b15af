// Files dragged over the page: a room takes them anywhere, and nothing dropped beside it makes the browser leave the page.
import { type RefObject, useEffect, useState } from 'react';
import type { Chosen } from '../state/attachments.ts';

type Area = 'room' | 'panel';

/** @param take undefined: nothing may be added here. @returns over which part files are held */
export function useFileDrop(
  root: RefObject<HTMLElement | null>,
  take: ((area: Area, files: Chosen[], folders: number) => void) | undefined,
): Area | undefined {
  const [over, setOver] = useState<Area>();

  useEffect(() => {
    const areaOf = ({ target }: Event): Area | undefined => {
      if (!take || !(target instanceof Element) || !root.current?.contains(target)) return undefined;
      return target.closest('.panel') ? 'panel' : 'room';
    };
    const onDrag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      const area = areaOf(event);
      event.dataTransfer.dropEffect = area ? 'copy' : 'none';
      setOver(area);
    };
    const onLeave = (event: DragEvent) => {
      // Without one, the pointer has left the page.
      if (event.relatedTarget === null) setOver(undefined);
    };
    const onDrop = (event: DragEvent) => {
      setOver(undefined);
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      const area = areaOf(event);
      if (!area) return;
      void chosenFrom(event.dataTransfer).then(({ files, folders }) => take?.(area, files, folders));
    };
    addEventListener('dragenter', onDrag);
    addEventListener('dragover', onDrag);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragenter', onDrag);
      removeEventListener('dragover', onDrag);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
    };
  }, [root, take]);

  return over;
}

type HandleItem = DataTransferItem & { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> };

/** All that is asked of the transfer is asked at once: afterwards it is empty. */
async function chosenFrom({ items }: DataTransfer): Promise<{ files: Chosen[]; folders: number }> {
  const entries = [...items]
    .filter(({ kind }) => kind === 'file')
    .map((item: HandleItem) => ({
      file: item.getAsFile(),
      isFolder: item.webkitGetAsEntry?.()?.isDirectory === true,
      handle: item.getAsFileSystemHandle?.().catch(() => null),
    }));
  const files: Chosen[] = [];
  for (const { file, isFolder, handle } of entries) {
    if (!file || isFolder) continue;
    const kept = await handle;
    files.push({ file, ...(kept?.kind === 'file' && { handle: kept as FileSystemFileHandle }) });
  }
  return { files, folders: entries.filter(({ isFolder }) => isFolder).length };
}
