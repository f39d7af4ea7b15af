// What the hub says in the address when people come back from Google, in sentences of ours; and the way there for those who are signed in.
import { postAuth } from './api.ts';

const words: Record<string, string> = {
  connected: 'Google is connected: meetings show in your status, and links to your files get their names.',
  cancelled: 'You have cancelled at Google. Nothing was changed.',
  stale: 'That took too long, or was begun in another tab. Please try again.',
  refused: 'Google’s answer could not be believed, so nobody was signed in. Please try again.',
  unverified: 'Google has not verified the e-mail address of this account.',
  domain: 'Only accounts of this organisation may sign in here. Choose another one at Google.',
  foreign: 'Another site tried to sign you in. Press “Continue with Google” here, if you want to.',
  taken:
    'There is an account with this e-mail address already. Sign in with its password, then connect Google from the menu at your name.',
  disabled: 'This account is disabled. Ask an administrator.',
  busy: 'Too many attempts. Please wait a little.',
  unavailable: 'Google cannot be reached right now. Please try again in a moment.',
  failed: 'Something went wrong at the hub. Please try again.',
};

export interface ComingBack {
  /** There is a fresh cookie. */
  readonly signedIn: boolean;
  readonly notice?: string;
}

/** Undefined when the address is not of somebody who comes back from Google. */
export function comingBack(hash: string): ComingBack | undefined {
  if (hash === '#signed-in') return { signedIn: true };
  const word = /^#google=([a-z]+)$/.exec(hash)?.[1];
  if (word === undefined) return undefined;
  return { signedIn: false, notice: (Object.hasOwn(words, word) && words[word]) || (words.failed as string) };
}

/** Leaves for Google's page. @throws ApiError */
export async function connectGoogle(token: string): Promise<void> {
  const { url } = await postAuth<{ url: string }>('google/connect', {}, token);
  location.assign(url);
}
