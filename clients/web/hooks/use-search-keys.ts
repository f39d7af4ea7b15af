// Ctrl+K, Cmd+K, and a slash outside of text fields open the search.
import { useEffect } from 'react';
import { go } from '../state/route.ts';
import { useRoute } from './use-workspace.ts';

export function useSearchKeys(): void {
  const { room } = useRoute();
  useEffect(() => {
    if (!room) return;
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      const chord = key.toLowerCase() === 'k' && (ctrlKey || metaKey) && !altKey;
      const slash = key === '/' && !ctrlKey && !metaKey && !altKey && !isTyping(target);
      if (event.defaultPrevented || !(chord || slash) || document.querySelector('[role=dialog]')) return;
      event.preventDefault();
      openSearch(room);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [room]);
}

/** Opens it beside the room, or goes to its field when it is open. */
export function openSearch(room: string): void {
  go({ room, panel: { kind: 'search' } });
  document.querySelector<HTMLInputElement>('#search-input')?.select();
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
