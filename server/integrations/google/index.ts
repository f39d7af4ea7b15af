// Google, for the composition root: calendars for presence, sign-in, and names of files, all with the same credentials.
import { hkdfSync } from 'node:crypto';
import type { Court } from '../../hub/ports-integrations.ts';
import type { FileLinks } from '../../hub/ports-links.ts';
import type { SignInService } from '../../hub/ports-sign-in.ts';
import { type CalendarSettings, createGoogleCalendar, type GoogleCalendar } from './adapter.ts';
import type { GoogleSettings } from './client.ts';
import { createDriveLinks } from './drive.ts';
import { createGoogleSignIn } from './sign-in.ts';

export interface GoogleOptions extends GoogleSettings {
  readonly hostedDomain: string | undefined;
  /** Where people reach the hub; undefined until it listens. */
  publicUrl(): string | undefined;
  /** Of the hub, the same on every node. */
  readonly secret: string;
  /** Of a user, whatever node runs the adapter. */
  readonly consents: Pick<Court, 'secret'>;
  /** To the node that runs the adapter: a channel of its told of a change. */
  forward(channel: string): void;
  readonly tempo?: CalendarSettings['tempo'];
  now?(): number;
}

export interface Google {
  readonly calendar: GoogleCalendar;
  /** Undefined without an OAuth client. */
  readonly signIn: SignInService | undefined;
  readonly drive: FileLinks;
}

export function createGoogle(options: GoogleOptions): Google {
  const channelKey = Buffer.from(hkdfSync('sha256', options.secret, '', 'google channels', 32));
  return {
    calendar: createGoogleCalendar({ ...options, channelKey }),
    signIn: createGoogleSignIn(options),
    drive: createDriveLinks(options, options.consents),
  };
}
