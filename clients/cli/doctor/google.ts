// The doctor's look at Google: is it reachable, does it take the credentials, is the clock right. Asks for tokens alone, and uses none.
import { loadGoogleCredentials } from '../../../server/config.ts';
import type { Check, Finding } from './check.ts';

const FREE_BUSY = 'https://www.googleapis.com/auth/calendar.freebusy';
/** A refresh token that nobody has: Google says first whether it knows the client. */
const NOBODYS = 'a-look-of-the-doctor';
/** Seconds that the clock may differ; an assertion of the service account is taken within a few minutes. */
const SKEW = 60;
const CONSOLE = 'https://console.cloud.google.com/apis/credentials';

interface Failure {
  readonly message: string;
  readonly response?: { readonly data?: { readonly error?: string; readonly error_description?: string } };
}

export const google: Check = async ({ config, signal }) => {
  if (!config.google) return { state: 'off' };
  const { rootUrl } = config.google;
  const { client, service } = await loadGoogleCredentials(config.google.credentials);
  const { auth } = await import('googleapis/build/src/apis/calendar/index.js');
  let skew = 0;
  const transporterOptions = {
    signal,
    retry: false,
    fetchImplementation: async (input: string | URL | Request, init?: RequestInit) => {
      const { pathname, search } = new URL(String(input));
      const answer = await fetch(rootUrl ? new URL(pathname + search, rootUrl) : input, init);
      skew = (Date.parse(answer.headers.get('date') ?? '') - Date.now()) / 1000 || 0;
      return answer;
    },
  };

  /** What Google says to a request for a token; undefined: it gives one. */
  const refusal = (request: Promise<unknown>) =>
    request.then(
      () => undefined,
      (error: Failure) => {
        if (!error.response) throw error;
        return error.response.data;
      },
    );

  let problem: Finding | undefined;
  try {
    if (client) {
      const person = new auth.OAuth2({
        transporterOptions,
        clientId: client.id,
        clientSecret: client.secret,
      });
      person.setCredentials({ refresh_token: NOBODYS });
      const said = await refusal(person.getAccessToken());
      if (said?.error !== 'invalid_grant')
        problem = failed(
          `Google does not know the OAuth client of GOOGLE_CREDENTIALS (${said?.error ?? 'no reason given'}).`,
          `Download the client again at ${CONSOLE}, and put it into GOOGLE_CREDENTIALS.`,
        );
    }
    if (service && !problem) {
      const hub = new auth.JWT({ transporterOptions, ...service, scopes: [FREE_BUSY] });
      const said = await refusal(hub.authorize());
      if (said && !/iat and exp/.test(said.error_description ?? ''))
        problem = failed(
          `Google does not take the service account of GOOGLE_CREDENTIALS (${said.error}).`,
          `Make a new key for it at ${CONSOLE}, and put its file into GOOGLE_CREDENTIALS.`,
        );
      else if (said) problem = clock(skew);
    }
  } catch (error) {
    return failed(
      `Google cannot be reached: ${(error as Error).message}`,
      'Let this machine reach oauth2.googleapis.com and www.googleapis.com on port 443.',
    );
  }
  if (Math.abs(skew) > SKEW) return clock(skew);
  return problem ?? advice(config.publicUrl, client !== undefined, service !== undefined);
};

const failed = (reason: string, next: string): Finding => ({ state: 'failed', reason, next });

const clock = (skew: number): Finding =>
  failed(
    `This machine's clock is ${Math.round(Math.abs(skew))} s ${skew > 0 ? 'behind' : 'ahead of'} Google's.`,
    'Set it, e.g. with NTP: signatures and sign-ins depend on the time.',
  );

/** It works; what would make it work better. */
function advice(publicUrl: string | undefined, signsIn: boolean, delegated: boolean): Finding {
  if (signsIn && !publicUrl)
    return {
      state: 'ok',
      reason: 'The credentials are good. Without PUBLIC_URL people can sign in on this machine alone.',
      next: 'Set PUBLIC_URL, and add PUBLIC_URL/api/auth/google/callback to the redirect URIs of the client.',
    };
  if (!publicUrl?.startsWith('https:'))
    return {
      state: 'ok',
      reason: 'The credentials are good. Google pushes to HTTPS alone, so calendars are asked every 3 min.',
      next: 'Give PUBLIC_URL an https address to hear of changes at once.',
    };
  if (delegated)
    return {
      state: 'ok',
      reason: 'The credentials are good. Whether the domain delegates shows when the first person is linked.',
      next: `In the Admin console, delegate ${FREE_BUSY} to the service account.`,
    };
  return { state: 'ok' };
}
