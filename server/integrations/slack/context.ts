// What the parts of the adapter share: its settings, its tempo, the official clients, and who the app is at Slack.
import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Log } from '../../hub/ports.ts';
import type { Court } from '../../hub/ports-integrations.ts';
import type { Standing } from './standing.ts';

/** All in milliseconds. Tests and benchmarks run faster. */
export interface Tempo {
  /** Between two posts into one channel: Slack takes about one a second. */
  readonly post: number;
  /** Between two looks at somebody's presence: 46 a minute of the 50 of Tier 3. */
  readonly poll: number;
  /** Between two tries of what did not work, at first and at most. */
  readonly retry: { readonly least: number; readonly most: number };
  /** Between two looks at what is bound to what. */
  readonly bindings: number;
  /** How long a claim outlives the last open socket. */
  readonly stale: number;
  /** Between two readings of the whole list of people. */
  readonly sweep: number;
}

export const TEMPO: Tempo = {
  post: 1000,
  poll: 1300,
  retry: { least: 500, most: 30_000 },
  bindings: 5000,
  stale: 120_000,
  sweep: 3_600_000,
};

export interface SlackOptions {
  /** `xoxb-…` */
  readonly token: string;
  /** `xapp-…` */
  readonly appToken: string;
  /** Of the Web API; Slack's own without it. */
  readonly apiUrl?: string | undefined;
  /** Where people reach the hub, for links. */
  readonly publicUrl?: string | undefined;
  readonly tempo?: Partial<Tempo>;
}

/** Who the app is, as `auth.test` says. */
export interface Identity {
  readonly team: string;
  readonly user: string;
  readonly bot: string;
}

export interface Context {
  readonly court: Court;
  readonly log: Log;
  readonly options: SlackOptions;
  readonly tempo: Tempo;
  readonly standing: Standing;
  /** Aborted when the adapter ends. */
  readonly signal: AbortSignal;
  readonly clients: Clients;
}

export interface Clients {
  /** What is written into channels. */
  readonly post: WebClient;
  /** What is read of channels and people. */
  readonly read: WebClient;
  /** Presence alone, so that its rate limit holds up nothing else. */
  readonly poll: WebClient;
  /** For Socket Mode's own client. */
  readonly options: WebClientOptions;
}

/** Of one request. */
const PATIENCE = 10_000;

/** They do not retry: what to repeat, and when, differs from call to call. */
export function createClients({ token, apiUrl }: SlackOptions, log: Log, ending: AbortSignal): Clients {
  const make = (): WebClientOptions => ({
    ...(apiUrl && { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: PATIENCE,
    logger: quiet(log),
    // A slow answer does not hold up the end; what was under way then is looked for at the next start.
    fetch: (url, init = {}) =>
      fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, ending]) : ending }),
  });
  return {
    post: new WebClient(token, make()),
    read: new WebClient(token, make()),
    poll: new WebClient(token, make()),
    options: make(),
  };
}

/** The clients warn of what is handled and told here. */
export function quiet(log: Log) {
  const debug = (...words: unknown[]) => log.debug({ vendor: 'slack' }, words.map(String).join(' '));
  return {
    debug: () => {},
    info: debug,
    warn: debug,
    error: debug,
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
