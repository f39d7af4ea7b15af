// As whom a person's calendar is read: by their own consent, or by the service account in their name. Consents are sealed in the database.
import { z } from 'zod';
import type { Court, LinkedPerson } from '../../hub/ports-integrations.ts';
import type { GoogleClient, GoogleCredentials, OAuthClient } from './client.ts';

const AUTH = 'https://www.googleapis.com/auth/';
/** When somebody is busy, and nothing else. */
export const FREE_BUSY = `${AUTH}calendar.freebusy`;
/** For being told of changes, and for leaving out what was declined. */
export const EVENTS = `${AUTH}calendar.events.readonly`;
/** Names of files, for links in messages. */
export const DRIVE = `${AUTH}drive.metadata.readonly`;

export const consentSchema = z.object({
  /** Of the account at Google. */
  email: z.string(),
  refreshToken: z.string().optional(),
  scopes: z.array(z.string()).default([]),
  /** They connected once, and Google takes it no longer. */
  lost: z.boolean().optional(),
});
/** What the hub holds of one person, under their hub id. */
export type Consent = z.infer<typeof consentSchema>;

export async function readConsent(court: Pick<Court, 'secret'>, user: string): Promise<Consent | undefined> {
  const secret = await court.secret(user);
  return secret === null ? undefined : consentSchema.parse(JSON.parse(secret));
}

export interface Access {
  readonly person: LinkedPerson;
  /** Of the calendar, as Google knows it. */
  readonly email: string;
  readonly auth: OAuthClient;
  /** Their own consent, good for these scopes; undefined: the service account. */
  readonly consent: Consent | undefined;
}

export interface Accesses {
  /** Its access token is of no use: the next time there is a new one. The library keeps a service account's for its whole hour. */
  renew(access: Access): void;
  /** Undefined when the hub may not look into this person's calendar, `lost` when it could once. */
  of(person: LinkedPerson, owners: ReadonlySet<string>): Promise<Access | 'lost' | undefined>;
  /** The consent is of no use any more: it is forgotten, unless there is a newer one. */
  revoked(access: Access): Promise<void>;
}

export function createAccesses(court: Court, client: GoogleClient, credentials: GoogleCredentials): Accesses {
  /** One client for each refresh token or e-mail, so that access tokens are used until they end. */
  const clients = new Map<string, OAuthClient>();

  function clientOf(key: string, make: () => OAuthClient): OAuthClient {
    const known = clients.get(key) ?? make();
    clients.set(key, known);
    return known;
  }

  function byConsent(refreshToken: string): OAuthClient {
    return clientOf(refreshToken, () => {
      const auth = client.person();
      auth.setCredentials({ refresh_token: refreshToken });
      return auth;
    });
  }

  return {
    async of(person, owners) {
      const consent = owners.has(person.user) ? await readConsent(court, person.user) : undefined;
      if (consent?.refreshToken && consent.scopes.includes(FREE_BUSY)) {
        return { person, email: consent.email, auth: byConsent(consent.refreshToken), consent };
      }
      // Linked by an administrator under the address itself, or known from a sign-in.
      const email = person.id.includes('@') ? person.id : consent?.email;
      if (!credentials.service || !email) return consent?.lost ? 'lost' : undefined;
      const auth = clientOf(email, () => client.service(email, [FREE_BUSY]));
      return { person, email, auth, consent: undefined };
    },
    renew({ email, consent }) {
      clients.delete(consent?.refreshToken ?? email);
    },
    async revoked({ person, consent }) {
      if (!consent?.refreshToken) return;
      clients.delete(consent.refreshToken);
      const kept = await readConsent(court, person.user);
      if (kept?.refreshToken !== consent.refreshToken) return;
      const rest: Consent = { email: kept.email, scopes: [], lost: true };
      await court.keepSecret(person.user, JSON.stringify(rest));
    },
  };
}
