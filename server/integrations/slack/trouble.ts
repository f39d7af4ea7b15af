// What went wrong at Slack, by what is to be done about it, and in a sentence for the operator.
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { HubError, Unreachable } from '../../hub/errors.ts';

export type Trouble =
  /** It is not Slack: the hub's database does not answer. The hub itself tells of that. */
  | { readonly kind: 'hub' }
  /** Not done; may be tried again after so many ms. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Slack does not answer as it should; it may have been done all the same. */
  | { readonly kind: 'unsure'; readonly why: string }
  /** The token is no good; nothing works until somebody acts. */
  | { readonly kind: 'token'; readonly code: string }
  /** A scope is missing; what needs it does not work until somebody acts. */
  | { readonly kind: 'scope'; readonly needed: string }
  /** This channel does not take anything until somebody acts. */
  | { readonly kind: 'channel'; readonly code: string }
  /** This one deed was refused, and would be again. */
  | { readonly kind: 'refused'; readonly code: string };

const TOKEN = new Set([
  ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired'],
  ...['user_removed_from_team', 'team_disabled', 'not_allowed_token_type', 'org_login_required'],
]);
const CHANNEL = new Set([
  ...['channel_not_found', 'not_in_channel', 'is_archived', 'restricted_action', 'cant_invite'],
  ...['restricted_action_read_only_channel', 'method_not_supported_for_channel_type'],
]);
const UNSURE = new Set([
  'fatal_error',
  'internal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Unreachable || (error instanceof HubError && error.code === 'unavailable'))
    return { kind: 'hub' };
  if (error instanceof WebAPIRateLimitedError) return { kind: 'wait', ms: error.retryAfter * 1000 };
  if (error instanceof WebAPIHTTPError) return { kind: 'unsure', why: `HTTP ${error.statusCode}` };
  if (!(error instanceof WebAPIPlatformError)) return { kind: 'unsure', why: reason(error) };
  const code = error.data.error;
  if (code === 'ratelimited' || code === 'rate_limited') return { kind: 'wait', ms: 30_000 };
  if (code === 'missing_scope') {
    const { needed } = error.data as { needed?: string };
    return { kind: 'scope', needed: needed ?? 'unknown' };
  }
  if (TOKEN.has(code)) return { kind: 'token', code };
  if (CHANNEL.has(code)) return { kind: 'channel', code };
  // A gateway's page instead of JSON ends up here too, whole.
  if (UNSURE.has(code) || !/^[a-z_]{1,60}$/.test(code)) return { kind: 'unsure', why: code.slice(0, 60) };
  return { kind: 'refused', code };
}

/** Of a request that found no answer: the deepest cause says most. */
function reason(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  const { code, message } = deepest as { code?: string; message?: string };
  return code ?? message ?? String(error);
}

export function tell(trouble: Trouble): { reason: string; next?: string } {
  switch (trouble.kind) {
    case 'hub':
      return { reason: "The hub's database does not answer." };
    case 'wait':
      return { reason: `Slack asks to wait ${Math.ceil(trouble.ms / 1000)} s (rate limit).` };
    case 'unsure':
      return { reason: `Slack does not answer as it should (${trouble.why}); it is tried again.` };
    case 'token':
      return {
        reason: `Slack does not accept the token (${trouble.code}).`,
        next: 'Install the app again at api.slack.com/apps and set SLACK_TOKEN and SLACK_APP_TOKEN to its new tokens.',
      };
    case 'scope':
      return {
        reason: `The Slack app lacks the scope ${trouble.needed}.`,
        next: `Add ${trouble.needed} under "OAuth & Permissions" at api.slack.com/apps and install the app again.`,
      };
    case 'channel':
      return { reason: CHANNEL_WORDS[trouble.code] ?? `Slack refuses the channel (${trouble.code}).` };
    case 'refused':
      return { reason: `Slack refused it (${trouble.code}).` };
  }
}

const CHANNEL_WORDS: Readonly<Record<string, string>> = {
  is_archived: 'it is archived: un-archive it, or unlink the room',
  not_in_channel: 'the app is not in it: type "/invite @court" there',
  channel_not_found: 'it is gone, or private: type "/invite @court" there, or unlink the room',
  method_not_supported_for_channel_type: 'it is private: type "/invite @court" there',
};
