// E-mail by SMTP: one mail for a parcel, with a Message-ID made of its key, and a way to unsubscribe that mail programs offer by themselves (RFC 8058).
import { createHash } from 'node:crypto';
import net from 'node:net';
import { createTransport } from 'nodemailer';
import { type Health, type Letter, type Parcel, SendError, type Sender } from '../hub/ports-outbox.ts';
import { mailOf } from './mail.ts';

export interface EmailOptions {
  readonly url: string;
  /** As in `First Court <court@example.com>`. */
  from(): string;
  /** Without a slash at the end; undefined before the hub listens. */
  publicUrl(): string | undefined;
}

/** For one word of the other side, in milliseconds. */
const PATIENCE = 10_000;

export function createEmail({ url, publicUrl, ...named }: EmailOptions): Sender {
  const { hostname, port, username, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const options = {
    url,
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
    // Whoever stands between must not be able to talk us out of TLS and read the password.
    requireTLS: username !== '' && !isLoopback(host),
  };
  const transport = createTransport({ ...options, pool: true, maxConnections: 3 });

  return {
    channel: 'email',
    async send({ key, to, topic, payloads, at, unsubscribe }: Parcel) {
      const from = named.from();
      const domain = /@([^>\s]+)>?$/.exec(from)?.[1] ?? 'court.invalid';
      try {
        await transport.sendMail({
          from,
          to: { name: to.name ?? '', address: to.email ?? '' },
          messageId: `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${domain}>`,
          date: new Date(at),
          ...mailOf(payloads as readonly Letter[], { publicUrl: publicUrl(), unsubscribe }),
          headers: {
            'Auto-Submitted': 'auto-generated',
            'X-Court-Topic': topic,
            ...(unsubscribe && {
              'List-Unsubscribe': `<${unsubscribe}>`,
              'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            }),
          },
        });
      } catch (error) {
        throw failureOf(error as SmtpError);
      }
    },

    async probe(signal) {
      // A connection of its own, that ends with the look.
      const look = createTransport(options);
      const end = () => look.close();
      signal?.addEventListener('abort', end, { once: true });
      try {
        await look.verify();
        return { state: 'ok' };
      } catch (error) {
        return troubleOf(error as SmtpError, `${host}:${port || (protocol === 'smtps:' ? 465 : 587)}`);
      } finally {
        signal?.removeEventListener('abort', end);
        look.close();
      }
    },

    async [Symbol.asyncDispose]() {
      transport.close();
    },
  };
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  /** The word of ours that it answers, e.g. `RCPT TO` or `CONN`. */
  readonly command?: string;
}

/** A refusal of this address or this mail is about it alone; all else would meet the next one too. */
export function failureOf({ code, responseCode = 0, response, message, command = '' }: SmtpError): SendError {
  const words = `The mail server: ${(response ?? message).slice(0, 200)}`;
  const aboutIt = /^(RCPT TO|DATA|API)$/.test(command) || code === 'EENVELOPE' || code === 'EMESSAGE';
  if (aboutIt && responseCode >= 500) return new SendError('never', words);
  if (aboutIt && responseCode >= 400) return new SendError('later', words);
  // Nothing was refused: the connection broke, and the mail may have gone. It goes again, under the same name.
  if (code === 'ECONNECTION' && command === 'DATA') return new SendError('later', words);
  return new SendError('down', words);
}

function troubleOf(
  { code, responseCode, response = '', message, ...error }: SmtpError,
  where: string,
): Health {
  const quoted = response ? ` ("${response.replace(/^\d{3}[ -]/, '').slice(0, 100)}")` : '';
  const failed = (
    reason: string,
    next = 'Check SMTP_URL, and whether the server lets this machine in.',
  ): Health => ({
    state: 'failed',
    reason,
    next,
  });
  if (/CERT|SELF_SIGNED|ALTNAME|certificate/.test(`${code} ${message}`))
    return failed(`The mail server's certificate is not good for ${where}.`);
  if (code === 'EAUTH' && responseCode === 535)
    return failed(
      'The mail server does not take the name and password.',
      'Check both in SMTP_URL; signs such as @ in them are written as %40.',
    );
  if (code === 'EAUTH') return failed('The mail server offers no sign-in by name and password here.');
  if (code === 'EPROTOCOL' && error.command === 'CONN' && /^\d{3}/.test(response))
    return failed(`The mail server does not greet${quoted}.`);
  if (code === 'EPROTOCOL') return failed(`What answers at ${where} does not speak SMTP.`);
  return failed(
    `The mail server cannot be reached at ${where} (${code ?? message})${quoted}.`,
    'Check SMTP_URL: smtps: for TLS from the start (port 465), smtp: for the others (587, 25).',
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (net.isIP(host) > 0 && /^(127\.|::1$)/.test(host));
}
