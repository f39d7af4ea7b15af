// How a receiver knows that a webhook is ours, and not a copy of an old one: an id, a time, and an HMAC over both and the body, in the words of
// Standard Webhooks (standardwebhooks.com).
import { createHmac } from 'node:crypto';

/**
 * @param secrets each signs: while one takes the place of another, a receiver may know either
 * @param at in milliseconds since 1970; receivers refuse what is older than five minutes
 */
export function signed(
  secrets: readonly (string | Buffer)[],
  id: string,
  body: string,
  at: number,
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map(
    secret => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
