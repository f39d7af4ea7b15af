// What a browser knows about the network and the page: reasons to look at the connection now rather than later.

export interface WakeHandlers {
  /** The network is back, or the page is shown again: timers may have slept. */
  wake(): void;
  /** The browser has no network. */
  offline(): void;
}

/** Does nothing where there is no page. Returns the way to stop. */
export function watchPage(
  handlers: WakeHandlers,
  page: Partial<Window> = globalThis.window ?? {},
): () => void {
  const { document, addEventListener, removeEventListener } = page;
  if (!document || !addEventListener || !removeEventListener) return () => {};
  const { wake, offline } = handlers;
  const shown = () => document.visibilityState === 'visible' && wake();
  addEventListener.call(page, 'online', wake);
  addEventListener.call(page, 'pageshow', wake);
  addEventListener.call(page, 'offline', offline);
  document.addEventListener('visibilitychange', shown);
  return () => {
    removeEventListener.call(page, 'online', wake);
    removeEventListener.call(page, 'pageshow', wake);
    removeEventListener.call(page, 'offline', offline);
    document.removeEventListener('visibilitychange', shown);
  };
}

/** `false` only where a browser is sure. */
export const hasNetwork = (): boolean => globalThis.navigator?.onLine !== false;
