// Who is signed in on this device, and the workspace that goes with it. A reload goes on with the session of the refresh cookie.
import type { User } from '../../js/index.ts';
import { type ApiError, type AuthCall, type Grant, postAuth } from './api.ts';
import { comingBack } from './google.ts';
import type { Keep } from './storage.ts';
import { createStore, type Store } from './store.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

export type SessionState =
  | { status: 'starting' }
  | { status: 'signed-out'; notice?: string }
  | { status: 'signed-in'; user: User; workspace: Workspace };

export interface Session extends Store<SessionState> {
  /** Uses up a sign-in link, and goes where it leads; or goes on with the last session. */
  start(): Promise<void>;
  /** @throws ApiError */
  enter(by: Exclude<AuthCall, 'refresh' | 'logout' | 'google/connect'>, who: object): Promise<void>;
  signOut(): Promise<void>;
}

/** A token is not used when it ends this soon. */
const MARGIN_MS = 30_000;

export function createSession(keep: Keep): Session {
  const store = createStore<SessionState>({ status: 'starting' });
  let held: { token: string; until: number } | undefined;

  const hold = (grant: Grant) => {
    held = { token: grant.accessToken, until: Date.now() + grant.expiresIn * 1000 };
    keep.write('user', grant.user);
    return grant;
  };

  /** Tells that there may be a cookie worth trying; without it a first visit would begin with a refused request. */
  const lastUser = () => keep.read<User>('user');

  const open = (user: User, greeting?: string) => {
    const workspace = createWorkspace({
      user,
      keep,
      getToken: reason => getToken(user, reason),
      ended: leave,
      greeting,
    });
    store.set({ status: 'signed-in', user, workspace });
  };

  async function getToken(user: User, reason: 'connect' | 'expired'): Promise<string> {
    if (reason === 'connect' && held && held.until - MARGIN_MS > Date.now()) return held.token;
    const grant = hold(await postAuth('refresh'));
    // Another tab signed in as someone else: this one follows, rather than mix two people.
    if (grant.user.id !== user.id) location.reload();
    return grant.accessToken;
  }

  /** The next person at this browser begins at the door. */
  const leave = (notice?: string) => {
    const state = store.getSnapshot();
    held = undefined;
    keep.write('user', undefined);
    store.set({ status: 'signed-out', ...(notice && { notice }) });
    if (state.status === 'signed-in') void state.workspace.close();
  };

  const enter: Session['enter'] = async (by, who) => {
    const grant = hold(await postAuth(by, who));
    open(grant.user);
  };

  return {
    ...store,
    enter,

    async start() {
      const [, link, place] = /^#signin=([\w-]+)(\/.*)?$/.exec(location.hash) ?? [];
      const back = comingBack(location.hash);
      // Gone from the address bar and the history before anything else happens.
      if (link || back) history.replaceState(null, '', location.pathname + (place ? `#${place}` : ''));
      const last = lastUser();
      try {
        if (link) await enter('link', { token: link });
        else if (last || back?.signedIn) open(hold(await postAuth('refresh')).user, back?.notice);
        else leave(back?.notice);
      } catch (error) {
        const { code, message } = error as ApiError;
        // Without a network one still finds what one wrote; the client keeps trying for a token.
        if (last && !link && code !== 'unauthenticated') return open(last);
        keep.write('user', undefined);
        store.set({
          status: 'signed-out',
          notice: link ? message : 'Your session has ended. Please sign in again.',
        });
      }
    },

    async signOut() {
      const state = store.getSnapshot();
      await postAuth<object>('logout');
      if (state.status === 'signed-in') state.workspace.forget();
      history.replaceState(null, '', location.pathname);
      leave();
    },
  };
}
