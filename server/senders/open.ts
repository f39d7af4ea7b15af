// Opens the senders that the settings name. Web Push and webhooks need no setting.
import type { Courier } from '../hub/ports-hooks.ts';
import type { Sender } from '../hub/ports-outbox.ts';
import type { Guard } from './guard.ts';
import type { VapidKeys } from './push.ts';
import type { WebhookOptions } from './webhook.ts';

export interface SendersConfig {
  readonly smtpUrl: string | undefined;
  /** Undefined: made from where the hub is. */
  readonly mailFrom: string | undefined;
  readonly smsWebhookUrl: string | undefined;
  readonly smsWebhookSecret: string | undefined;
}

export interface OpenedSenders extends AsyncDisposable {
  readonly senders: readonly Sender[];
  /** Undefined where webhooks are not known. */
  readonly courier: Courier | undefined;
}

/** @param deps.publicUrl where the hub is reached, without a slash at the end; undefined before it listens */
export async function openSenders(
  config: SendersConfig,
  deps: {
    guard: Guard;
    keys: VapidKeys;
    publicUrl(): string | undefined;
    /** What webhooks are made of; without it nothing is told to them. */
    webhooks?: Pick<WebhookOptions, 'store' | 'sealer'> | undefined;
  },
): Promise<OpenedSenders> {
  await using parts = new AsyncDisposableStack();
  const { publicUrl, guard, keys } = deps;
  const from = () => config.mailFrom ?? addressOf(config.smtpUrl, publicUrl());
  const senders: Sender[] = [];
  if (config.smtpUrl) {
    const { createEmail } = await import('./email.ts');
    senders.push(parts.use(createEmail({ url: config.smtpUrl, from, publicUrl })));
  }
  const { createPush } = await import('./push.ts');
  const subject = () => {
    const url = publicUrl();
    return url?.startsWith('https:') ? url : `mailto:${/[^<\s]+@[^>\s]+/.exec(from())?.[0]}`;
  };
  senders.push(parts.use(createPush({ guard, keys, subject })));
  if (config.smsWebhookUrl) {
    const { createSms } = await import('./sms.ts');
    senders.push(parts.use(createSms({ url: config.smsWebhookUrl, secret: config.smsWebhookSecret })));
  }
  let courier: Courier | undefined;
  if (deps.webhooks) {
    const { createWebhook } = await import('./webhook.ts');
    const told = senders.map(({ channel }) => channel).filter(channel => channel !== 'sms');
    const webhook = parts.use(createWebhook({ guard, ...deps.webhooks, channels: () => told }));
    senders.push(webhook);
    courier = webhook;
  }
  const open = parts.move();
  return { senders, courier, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** Who signs in with an address writes from it; else it is one at the hub's own name. */
export function addressOf(smtpUrl: string | undefined, publicUrl: string | undefined): string {
  const name = smtpUrl ? decodeURIComponent(new URL(smtpUrl).username) : '';
  if (/^[^@\s<>]+@[^@\s<>]+$/.test(name)) return `First Court <${name}>`;
  const host = publicUrl ? new URL(publicUrl).hostname : 'localhost';
  return `First Court <court@${/^[\w.-]+$/.test(host) ? host : 'localhost'}>`;
}
