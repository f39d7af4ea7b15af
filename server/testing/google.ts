// A hub with a simulated Google beside it, and a browser's part in signing in: it follows redirects by hand and keeps cookies by path.
import { type GoogleSimulator, openGoogleSimulator } from '../../scripts/simulators/google/simulator.ts';
import { type BootOptions, boot, type TestHub } from './boot.ts';

export interface GoogleHub extends AsyncDisposable {
  readonly google: GoogleSimulator;
  readonly hub: TestHub;
}

/** @param given a Google that is there already, and stays when the hub goes */
export async function bootWithGoogle(
  { env, ...options }: BootOptions = {},
  credentials: keyof GoogleSimulator['credentials'] = 'client',
  given?: GoogleSimulator,
): Promise<GoogleHub> {
  await using parts = new AsyncDisposableStack();
  const google = given ?? parts.use(await openGoogleSimulator());
  const hub = parts.use(
    await boot({
      googleTempo: { everyMs: 100, gap: 0, wait: 10 },
      ...options,
      env: { GOOGLE_ROOT_URL: google.url, GOOGLE_CREDENTIALS: google.credentials[credentials], ...env },
    }),
  );
  const open = parts.move();
  return { google, hub, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

export interface Hop {
  readonly status: number;
  readonly location: string;
  /** Names and attributes of the cookies that were set. */
  readonly setCookies: readonly string[];
  readonly text: string;
}

export interface Browser {
  readonly cookies: Map<string, string>;
  /** One request, as a browser sends it when a link is followed. */
  go(url: string, headers?: Record<string, string>): Promise<Hop>;
  post(url: string, body: object, bearer?: string): Promise<Hop>;
  /** The whole way: our door, Google's page, and back. Where it ends. */
  signIn(hub: string): Promise<string>;
}

export function openBrowser(): Browser {
  const cookies = new Map<string, string>();
  const send = async (url: string, init: RequestInit): Promise<Hop> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    const setCookies = answer.headers.getSetCookie();
    for (const set of setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = answer.headers.get('location') ?? '';
    const text = await answer.text();
    return { status: answer.status, location: location && new URL(location, url).href, setCookies, text };
  };
  const browser: Browser = {
    cookies,
    go: (url, headers = {}) => send(url, { headers: { 'sec-fetch-mode': 'navigate', ...headers } }),
    post: (url, body, bearer) =>
      send(url, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
      }),
    async signIn(hub) {
      const toGoogle = await browser.go(`${hub}/api/auth/google`);
      const back = await browser.go(toGoogle.location);
      return (await browser.go(back.location, { 'sec-fetch-site': 'cross-site' })).location;
    },
  };
  return browser;
}
