// Whether this browser gets what its person must not miss while no page is open: Web Push, by a service worker (public/push.js).
import type { Court } from '../../js/index.ts';
import { createStore, type Store } from './store.ts';

/** `denied`: the person told the browser to ask no more. */
export type PushState = 'unknown' | 'unsupported' | 'off' | 'on' | 'denied';

export interface PushDevice extends Store<PushState> {
  /** Asks the person; call it where they clicked. @throws Error with a sentence */
  on(): Promise<void>;
  off(): Promise<void>;
}

const WORKER = '/push.js';

export function createPushDevice(court: Court): PushDevice {
  const store = createStore<PushState>('unknown');
  const supported = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

  const current = async () =>
    (await navigator.serviceWorker.getRegistration('/'))?.pushManager.getSubscription();

  const tell = async (subscription: PushSubscription) => {
    const { endpoint, keys } = subscription.toJSON();
    if (!endpoint || !keys?.p256dh || !keys.auth) throw new Error('This browser gave no address for pushes.');
    await court.call('push:subscribe', {
      endpoint,
      keys: { p256dh: keys.p256dh, auth: keys.auth },
      device: deviceName(navigator.userAgent),
    });
    store.set('on');
  };

  const look = async () => {
    if (!supported) return store.set('unsupported');
    if (Notification.permission === 'denied') return store.set('denied');
    const subscription = await current();
    if (!subscription) return store.set('off');
    const { key } = await court.call('push:list', {});
    // Made for another key of the hub, it would reach nobody.
    if (key && key === encode(subscription.options.applicationServerKey)) return tell(subscription);
    await subscription.unsubscribe();
    store.set('off');
  };
  // Nothing waits for it: who cannot be reached now is asked again with the next page.
  look().catch(() => store.set('off'));

  return {
    ...store,
    async on() {
      const { key } = await court.call('push:list', {});
      if (!supported || !key) throw new Error('This browser or this hub has no Web Push.');
      if ((await Notification.requestPermission()) !== 'granted') {
        store.set(Notification.permission === 'denied' ? 'denied' : 'off');
        throw new Error(
          'The browser does not allow notifications here. You can allow them beside the address.',
        );
      }
      const registration = await navigator.serviceWorker.register(WORKER);
      await navigator.serviceWorker.ready;
      await tell(
        await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }),
      );
    },
    async off() {
      const subscription = supported ? await current() : undefined;
      if (!subscription) return;
      await court.call('push:unsubscribe', { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
      store.set('off');
    },
  };
}

function encode(key: ArrayBuffer | null): string {
  const signs = [...new Uint8Array(key ?? new ArrayBuffer())].map(byte => String.fromCharCode(byte)).join('');
  return btoa(signs).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** As people tell their browsers apart. */
function deviceName(agent: string): string {
  const browser = ['Edg', 'Firefox', 'Chrome', 'Safari'].find(name => agent.includes(name)) ?? 'Browser';
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux'].find(name => agent.includes(name));
  return [browser === 'Edg' ? 'Edge' : browser, system].filter(Boolean).join(' on ');
}
