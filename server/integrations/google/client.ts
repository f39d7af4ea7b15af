// Google's own client, told where Google is and as whom to speak. Imported when the first one is opened, one API at a time: the whole package
// takes seconds and hundreds of megabytes.
import type { auth as Auth, calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js';
import type { drive_v3 } from 'googleapis/build/src/apis/drive/index.js';

export type OAuthClient = InstanceType<typeof Auth.OAuth2>;
export type Calendar = calendar_v3.Calendar;
export type Drive = drive_v3.Drive;

/** From Google's console; at least one of the two. */
export interface GoogleCredentials {
  /** An OAuth client: people sign in with it, and give consent to it. */
  readonly client?: { readonly id: string; readonly secret: string };
  /** A service account that the domain's administrator trusts with everybody's free/busy. */
  readonly service?: { readonly email: string; readonly key: string };
}

export interface GoogleSettings {
  readonly credentials: GoogleCredentials;
  /** In place of all of Google's addresses, for a simulator. */
  readonly rootUrl?: string | undefined;
}

export interface GoogleClient {
  /** @param redirectUri for codes; refreshing needs none */
  person(redirectUri?: string): OAuthClient;
  /** The service account, in the name of somebody of its domain. */
  service(subject: string, scopes: readonly string[]): OAuthClient;
  calendar(auth: OAuthClient): Calendar;
  drive(auth: OAuthClient): Drive;
}

/** A request that takes longer is given up, in ms. */
const TIMEOUT = 10_000;

/** @param signal ends every request */
export async function openClient(
  { credentials, rootUrl }: GoogleSettings,
  signal: AbortSignal,
): Promise<GoogleClient> {
  const { auth, calendar } = await import('googleapis/build/src/apis/calendar/index.js');
  const options = {
    // Its own fetch ends the whole process when a request with a body begins after the signal was given.
    transporterOptions: { timeout: TIMEOUT, signal, fetchImplementation: fetch },
    // Without it, an access token that was taken back early is sent until its hour is over.
    forceRefreshOnFailure: true,
  };
  // The library knows some addresses by heart, so what leaves is turned round here, uploads and assertions included.
  const toRoot = <C extends OAuthClient>(client: C): C => {
    if (rootUrl)
      client.transporter.interceptors.request.add({
        resolved: async request => {
          request.url = new URL(request.url.pathname + request.url.search, rootUrl);
          return request;
        },
      });
    return client;
  };
  const { drive } = await import('googleapis/build/src/apis/drive/index.js');
  return {
    person: redirectUri =>
      toRoot(
        new auth.OAuth2({
          ...options,
          ...(credentials.client && {
            clientId: credentials.client.id,
            clientSecret: credentials.client.secret,
          }),
          ...(redirectUri && { redirectUri }),
          // Not asked for, but shown to browsers.
          ...(rootUrl && { endpoints: { oauth2AuthBaseUrl: `${rootUrl}/o/oauth2/v2/auth` } }),
        }),
      ),
    service: (subject, scopes) =>
      toRoot(
        new auth.JWT({
          ...options,
          ...credentials.service,
          subject,
          scopes: [...scopes],
        }),
      ),
    // Waiting is ours to do: the library repeats some requests on its own clock, and others never.
    calendar: client => calendar({ version: 'v3', auth: client, retry: false }),
    drive: client => drive({ version: 'v3', auth: client, retry: false }),
  };
}
