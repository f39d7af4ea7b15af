// The ways to people outside the hub, looked at by the very pieces that send: a mail server's greeting, TLS and sign-in; an SMS gateway's being there.
import { createEmail } from '../../../server/senders/email.ts';
import { createSms } from '../../../server/senders/sms.ts';
import type { Check } from './check.ts';

export const smtp: Check = async ({ config, signal }) => {
  const { smtpUrl, mailFrom } = config.senders;
  if (!smtpUrl) return { state: 'off' };
  await using email = createEmail({ url: smtpUrl, from: () => mailFrom ?? '', publicUrl: () => undefined });
  return email.probe(signal);
};

export const sms: Check = async ({ config, signal }) => {
  const { smsWebhookUrl, smsWebhookSecret } = config.senders;
  if (!smsWebhookUrl) return { state: 'off' };
  await using gateway = createSms({ url: smsWebhookUrl, secret: smsWebhookSecret });
  return gateway.probe(signal);
};
