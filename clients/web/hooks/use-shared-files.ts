// The files of a room, newest first, page by page; begins anew when something is shared or deleted.
import { useCallback, useEffect, useState } from 'react';
import type { Room, SharedFile } from '../../js/index.ts';

interface Listed {
  files: readonly SharedFile[];
  cursor?: string | undefined;
  status: 'loading' | 'done' | 'failed';
  error?: string;
}

const PAGE = 50;

export function useSharedFiles(room: Room): Listed & { more(): void } {
  const [listed, setListed] = useState<Listed>({ files: [], status: 'loading' });

  useEffect(() => {
    let here = true;
    const read = () =>
      room.files({ limit: PAGE }).then(
        ({ files, cursor }) => here && setListed({ files, cursor, status: 'done' }),
        error => here && setListed(before => ({ ...before, status: 'failed', error: error.message })),
      );
    void read();
    const off = room.on('event', ({ type }) => {
      if (type === 'file.shared' || type === 'message.deleted') void read();
    });
    return () => {
      here = false;
      off();
    };
  }, [room]);

  const more = useCallback(async () => {
    if (listed.cursor === undefined) return;
    setListed({ ...listed, status: 'loading' });
    try {
      const { files, cursor } = await room.files({ limit: PAGE, cursor: listed.cursor });
      setListed({ files: [...listed.files, ...files], cursor, status: 'done' });
    } catch (error) {
      setListed({ ...listed, status: 'failed', error: (error as Error).message });
    }
  }, [room, listed]);

  return { ...listed, more: () => void more() };
}
