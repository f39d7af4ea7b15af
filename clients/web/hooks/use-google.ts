// Whether this hub signs people in with Google.
import { useEffect, useState } from 'react';
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
