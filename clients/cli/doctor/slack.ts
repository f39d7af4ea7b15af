// Slack, as `court doctor` looks at it: both tokens, what they allow, whether Socket Mode is on, and the clock.
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api';
import type { Check, Finding } from './check.ts';

/** What the app is asked to have; docs/integrations/slack.md has them as a manifest. */
export const SLACK_SCOPES = {
  /** Without one of these something does not work at all. */
  needed: ['chat:write', 'commands', 'users:read', 'channels:read', 'channels:history', 'reactions:read'],
  /** Without one of these it works in part. */
  useful: [
    ...['chat:write.customize', 'channels:join', 'reactions:write', 'users:read.email', 'users.profile:read'],
    ...['dnd:read', 'groups:read', 'groups:history'],
  ],
} as const;

const APPS = 'api.slack.com/apps';
/** Slack's answers carry its time to the second. */
const CLOCK_MS = 60_000;
const PATIENCE = 10_000;

export const slack: Check = async ({ config, signal }) => {
  const { slack } = config;
  if (!slack) return { state: 'off' };
  let skew = 0;
  const options = {
    ...(slack.apiUrl && { slackApiUrl: slack.apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: PATIENCE,
    logger: SILENT,
    async fetch(url: string | URL, init: RequestInit = {}) {
      const ending = init.signal ? AbortSignal.any([init.signal, signal]) : signal;
      const answer = await fetch(url, { ...init, signal: ending });
      const date = Date.parse(answer.headers.get('date') ?? '');
      if (!Number.isNaN(date)) skew = Date.now() - date;
      return answer;
    },
  };
  let scopes: readonly string[] | undefined;
  try {
    const { response_metadata } = await new WebClient(slack.token, options).auth.test();
    scopes = response_metadata?.scopes;
  } catch (error) {
    return explain(error, 'SLACK_TOKEN', 'OAuth & Permissions');
  }
  try {
    await new WebClient(slack.appToken, options).apps.connections.open({});
  } catch (error) {
    return explain(error, 'SLACK_APP_TOKEN', 'Basic Information, App-Level Tokens');
  }
  return judge(scopes, skew);
};

function judge(scopes: readonly string[] | undefined, skew: number): Finding {
  const lacking = (wanted: readonly string[]) => wanted.filter(scope => scopes && !scopes.includes(scope));
  const [needed, useful] = [lacking(SLACK_SCOPES.needed), lacking(SLACK_SCOPES.useful)];
  const next = (missing: readonly string[]) =>
    `Add ${missing.join(', ')} under "OAuth & Permissions" at ${APPS}, and install the app again.`;
  if (needed.length > 0) {
    const all = [...needed, ...useful];
    return {
      state: 'failed',
      reason: `The app lacks scopes it cannot do without: ${needed.join(', ')}.`,
      next: next(all),
    };
  }
  if (useful.length > 0)
    return { state: 'degraded', reason: `The app lacks scopes: ${useful.join(', ')}.`, next: next(useful) };
  if (Math.abs(skew) > CLOCK_MS) {
    return {
      state: 'degraded',
      reason: `The clock of this machine is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead' : 'behind'}.`,
      next: 'Switch time synchronisation on (timedatectl set-ntp true).',
    };
  }
  return { state: 'ok' };
}

function explain(error: unknown, variable: string, where: string): Finding {
  if (error instanceof WebAPIRateLimitedError) {
    const reason = `Slack asks to wait ${error.retryAfter} s (rate limit).`;
    return { state: 'degraded', reason, next: 'Ask the doctor again later.' };
  }
  if (error instanceof WebAPIHTTPError) {
    const reason = `Slack answers with HTTP ${error.statusCode}.`;
    return { state: 'failed', reason, next: 'Look at status.slack.com; if SLACK_API_URL is set, check it.' };
  }
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    if (code === 'missing_scope')
      return {
        state: 'failed',
        reason: `${variable} lacks the scope ${(error.data as { needed?: string }).needed ?? 'connections:write'}.`,
        next: `Make a new one with it at ${APPS}, ${where}.`,
      };
    return {
      state: 'failed',
      reason: `Slack does not accept ${variable} (${code.slice(0, 60)}).`,
      next: `Copy it anew from ${APPS}, ${where}; if the app was removed, install it again.`,
    };
  }
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  const { code, message } = deepest as { code?: string; message?: string };
  return {
    state: 'failed',
    reason: `Slack cannot be reached (${code ?? message ?? 'no answer'}).`,
    next: 'Check that this machine may open connections to slack.com and wss-primary.slack.com on port 443.',
  };
}

const nothing = () => {};
/** What goes wrong is told by the doctor, in its own words. */
const SILENT = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => 'error' as never,
  setName: nothing,
};
