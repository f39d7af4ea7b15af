// Drive v3: what a file is called, for those who may see it.
import type { AccessToken } from './accounts.ts';
import { type Answer, notFound } from './answers.ts';
import { allows, tooFewScopes } from './calendar.ts';

const SCOPES = ['drive.metadata.readonly', 'drive.readonly', 'drive'].map(
  name => `https://www.googleapis.com/auth/${name}`,
);

/** @param fields as `id,name`, or everything */
export function getFile(token: AccessToken, id: string, fields: string | null): Answer {
  if (!allows(token, SCOPES)) return tooFewScopes();
  const file = token.account?.files.get(id);
  if (!file) return notFound(`File: ${id}`);
  const wanted = fields?.split(',');
  const shown = Object.entries(file).filter(([name]) => !wanted || wanted.includes(name));
  return { status: 200, body: Object.fromEntries(shown) };
}
