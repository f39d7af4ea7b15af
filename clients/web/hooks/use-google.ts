// Whether this hub signs people in with Google, and whether somebody has connected their account there.
import { useEffect, useState } from 'react';
import type { Court } from '../../js/index.ts';
import { signInMethods } from '../state/api.ts';

export function useGoogle(): boolean {
  const [google, setGoogle] = useState(false);
  useEffect(() => {
    let shown = true;
    signInMethods().then(
      methods => shown && setGoogle(methods.google),
      // Without an answer there is one way in less to show.
      () => undefined,
    );
    return () => {
      shown = false;
    };
  }, []);
  return google;
}

/**
 * Whether they have connected their account at Google; undefined until `look` was called, which asks anew: another tab may have done it.
 * What an admin or the same address linked is not their doing, and shows in their status without it.
 */
export function useConnected(court: Court): { connected: boolean | undefined; look(): Promise<void> } {
  const [connected, setConnected] = useState<boolean>();
  return {
    connected,
    async look() {
      const { links } = await court.call('link:list', {});
      setConnected(links.some(({ vendor, how }) => vendor === 'google' && how === 'code'));
    },
  };
}
