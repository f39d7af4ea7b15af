// Where one is, kept in the address, so that a reload or a link leads there: `#/room/lobby`, `#/room/lobby/thread/<id>`, `#/room/lobby/message/<id>`.
import type { Store } from './store.ts';

export type Panel =
  | { kind: 'thread'; root: string }
  | { kind: 'people' | 'pins' | 'recap' | 'search' | 'files' };

export interface Route {
  room?: string;
  panel?: Panel;
  /** Which one is to see first. */
  message?: string;
}

export function parseRoute(hash: string): Route {
  const [, where, room, panel, id] = hash.split('/').map(safeDecode);
  if (where !== 'room' || !room) return {};
  if (panel === 'message' && id) return { room, message: id };
  if (panel === 'thread' && id) return { room, panel: { kind: 'thread', root: id } };
  if (panel === 'people' || panel === 'pins' || panel === 'recap' || panel === 'search' || panel === 'files')
    return { room, panel: { kind: panel } };
  return { room };
}

export function routeHash({ room, panel, message }: Route): string {
  if (!room) return '#/';
  const parts = ['room', room];
  if (panel) parts.push(panel.kind);
  if (panel?.kind === 'thread') parts.push(panel.root);
  if (message) parts.push('message', message);
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

/** The browser tells of a new address only a while later; who types right after a key that led here must not lose a letter. */
export const go = (route: Route): void => {
  const hash = routeHash(route);
  if (hash === location.hash) return;
  location.hash = hash;
  dispatchEvent(new HashChangeEvent('hashchange'));
};

/** As `go`, without a step back to where one was. */
export function replace(route: Route): void {
  history.replaceState(null, '', routeHash(route));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** The address bar as a store; its value is the raw hash, which compares by value. */
export const hashStore: Store<string> = {
  subscribe(listener) {
    addEventListener('hashchange', listener);
    return () => removeEventListener('hashchange', listener);
  },
  getSnapshot: () => location.hash,
};

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
