// Links to files in Google Drive, shown by name: looked up for who sends them, by their own consent, and kept nowhere.
import { driveFileId, type FileIcon, NAME_CHARS } from '#shared/file-links.ts';
import { unavailable } from '../../hub/errors.ts';
import type { Court } from '../../hub/ports-integrations.ts';
import type { FileLinks } from '../../hub/ports-links.ts';
import { DRIVE, readConsent } from './access.ts';
import { type GoogleClient, type GoogleSettings, openClient } from './client.ts';
import { troubleOf } from './errors.ts';

/** Somebody is writing a message meanwhile, in ms. */
const PATIENCE = 3000;

/** The first that fits. */
const ICONS: readonly (readonly [type: RegExp, icon: FileIcon])[] = [
  [/google-apps\.spreadsheet|spreadsheetml|ms-excel|csv/, 'sheet'],
  [/google-apps\.presentation|presentationml|ms-powerpoint/, 'slides'],
  [/google-apps\.document|wordprocessingml|msword|^text\//, 'document'],
  [/google-apps\.form/, 'form'],
  [/google-apps\.folder/, 'folder'],
  [/^application\/pdf/, 'pdf'],
  [/^image\/|google-apps\.drawing/, 'image'],
  [/^video\//, 'video'],
  [/^audio\//, 'audio'],
];

export function createDriveLinks(settings: GoogleSettings, court: Pick<Court, 'secret'>): FileLinks {
  let opened: Promise<GoogleClient> | undefined;
  return {
    async lookup(user, address) {
      const fileId = driveFileId(address);
      const consent = fileId && settings.credentials.client ? await readConsent(court, user) : undefined;
      if (!fileId || !consent?.refreshToken || !consent.scopes.includes(DRIVE)) return null;
      opened ??= openClient(settings, new AbortController().signal);
      const client = await opened;
      const auth = client.person();
      auth.setCredentials({ refresh_token: consent.refreshToken });
      try {
        const { data } = await client
          .drive(auth)
          .files.get(
            { fileId, fields: 'id,name,mimeType', supportsAllDrives: true },
            { signal: AbortSignal.timeout(PATIENCE) },
          );
        const type = data.mimeType ?? '';
        return {
          // What the sender pasted, and not where Google would lead.
          url: address,
          name: (data.name || 'A file').slice(0, NAME_CHARS).toWellFormed(),
          icon: ICONS.find(([pattern]) => pattern.test(type))?.[1] ?? 'file',
          provider: 'google-drive',
        };
      } catch (error) {
        const { kind } = troubleOf(error);
        if (kind === 'busy' || kind === 'away')
          throw unavailable('Google Drive does not answer now. The link can be sent without its name.');
        return null;
      }
    },
  };
}
