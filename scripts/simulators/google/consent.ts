// Google's authorize page: whoever is signed in there is sent back with a code; else one chooses an account, or says no.
import type { Account } from './accounts.ts';
import type { Answer } from './answers.ts';

/** What a code stands for, until it is used. */
export interface Consent {
  readonly account: Account;
  readonly redirectUri: string;
  readonly scope: string;
  readonly nonce: string | undefined;
  readonly challenge: string | undefined;
  readonly offline: boolean;
}

interface Page {
  readonly clientId: string;
  readonly accounts: ReadonlyMap<string, Account>;
  /** The account that the browser is signed in with at Google. */
  readonly signedIn: string | undefined;
  /** Scopes that people untick on the page. */
  readonly withheld: ReadonlySet<string>;
  /** Makes a code. */
  agree(consent: Consent): string;
}

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`);

export function authorize(params: URLSearchParams, page: Page): Answer {
  const redirectUri = params.get('redirect_uri') ?? '';
  if (params.get('client_id') !== page.clientId || !URL.canParse(redirectUri))
    return { status: 400, body: 'Error 400: invalid_request' };
  if (params.get('response_type') !== 'code') return { status: 400, body: 'Error 400: invalid_request' };
  if (params.has('code_challenge') && params.get('code_challenge_method') !== 'S256')
    return { status: 400, body: 'Error 400: only S256 is taken here' };

  const back = (answer: Record<string, string>): Answer => {
    const url = new URL(redirectUri);
    const state = params.get('state');
    for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
    if (state !== null) url.searchParams.set('state', state);
    return { status: 302, headers: { location: url.href } };
  };
  if (params.has('deny')) return back({ error: 'access_denied' });
  const account = page.accounts.get(params.get('account') ?? page.signedIn ?? '');
  if (!account) return choose(params, page);
  const asked = (params.get('scope') ?? '').split(' ');
  const scope = asked.filter(one => !page.withheld.has(one)).join(' ');
  const code = page.agree({
    account,
    redirectUri,
    scope,
    nonce: params.get('nonce') ?? undefined,
    challenge: params.get('code_challenge') ?? undefined,
    offline: params.get('access_type') === 'offline',
  });
  return back({ code, scope, authuser: '0', prompt: 'none' });
}

function choose(params: URLSearchParams, { accounts }: Page): Answer {
  const link = (extra: Record<string, string>, text: string) =>
    `<p><a href="?${escapeHtml(new URLSearchParams({ ...Object.fromEntries(params), ...extra }).toString())}">${escapeHtml(text)}</a></p>`;
  const choices = [...accounts.values()].map(({ email, name }) =>
    link({ account: email }, `${name} (${email})`),
  );
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><title>Choose an account</title><h1>Choose an account</h1>${choices.join('')}${link({ deny: '1' }, 'Cancel')}`,
  };
}
