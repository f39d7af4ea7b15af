// Whether somebody is looking: the tab is in front and its window has the focus.
import { useSyncExternalStore } from 'react';

const shown = () => document.visibilityState === 'visible' && document.hasFocus();

function subscribe(listener: () => void): () => void {
  const events = ['focus', 'blur'] as const;
  for (const event of events) addEventListener(event, listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    for (const event of events) removeEventListener(event, listener);
    document.removeEventListener('visibilitychange', listener);
  };
}

export const usePageShown = (): boolean => useSyncExternalStore(subscribe, shown);
