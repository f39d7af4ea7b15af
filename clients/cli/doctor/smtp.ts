// SMTP: a real greeting, with TLS where it is offered, and a sign-in; then it hangs up without having sent anything.
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import tls from 'node:tls';
import type { Check, Finding } from './check.ts';

/** Speaks one line, and waits for the whole answer: its code, and its lines. */
type Say = (line?: string) => Promise<{ code: number; lines: string[] }>;

export const smtp: Check = async ({ config, signal }) => {
  const { smtpUrl } = config.services;
  if (!smtpUrl) return { state: 'off' };
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const { hostname: host } = url;
  const port = Number(url.port || (secure ? 465 : 587));
  let socket: net.Socket | tls.TLSSocket | undefined;
  try {
    // An address is no name that a certificate could be asked for.
    const servername = net.isIP(host) ? {} : { servername: host };
    socket = secure ? tls.connect({ host, port, ...servername }) : net.connect({ host, port });
    const end = () => socket?.destroy(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    await once(socket, secure ? 'secureConnect' : 'connect');
    let say = conversation(socket);
    const greeting = await say();
    if (greeting.code !== 220) return refused('does not greet', greeting.lines);
    let offered = (await say('EHLO court.invalid')).lines;
    if (!secure && offered.some(line => /^STARTTLS/i.test(line))) {
      if ((await say('STARTTLS')).code !== 220) return refused('offers TLS and refuses it', []);
      socket = tls.connect({ socket, host, ...servername });
      await once(socket, 'secureConnect');
      say = conversation(socket);
      offered = (await say('EHLO court.invalid')).lines;
    }
    const finding = await signIn(say, url, offered);
    await say('QUIT').catch(() => undefined);
    return finding;
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const certificate = /CERT|SELF_SIGNED|ALTNAME/.test(code ?? '');
    return {
      state: 'failed',
      reason: certificate
        ? `The mail server's certificate is not good for ${host} (${code}).`
        : `The mail server cannot be reached at ${host}:${port} (${code ?? message}).`,
      next: 'Check SMTP_URL: smtps: for TLS from the start (port 465), smtp: for the others (587, 25).',
    };
  } finally {
    socket?.destroy();
  }
};

async function signIn(say: Say, url: URL, offered: readonly string[]): Promise<Finding> {
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  if (!user) return { state: 'ok' };
  if (!offered.some(line => /^AUTH\b.*\bPLAIN\b/i.test(line)))
    return refused('offers no sign-in by name and password here', []);
  const { code, lines } = await say(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`);
  if (code === 235) return { state: 'ok' };
  if (code !== 535) return refused('does not let us in', lines);
  return {
    state: 'failed',
    reason: 'The mail server does not take the name and password.',
    next: 'Check both in SMTP_URL; signs such as @ in them are written as %40.',
  };
}

const refused = (what: string, lines: readonly string[]): Finding => ({
  state: 'failed',
  reason: `The mail server ${what}${lines[0] ? ` ("${lines[0].slice(0, 100)}")` : ''}.`,
  next: 'Check SMTP_URL, and whether the server lets this machine in.',
});

function conversation(socket: net.Socket): Say {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  return async line => {
    if (line !== undefined) socket.write(`${line}\r\n`);
    const answer: string[] = [];
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error('it hung up');
      const [, code = '', more, text = ''] = /^(\d{3})([ -]?)(.*)$/.exec(value) ?? [];
      if (!code) throw new Error('it does not speak SMTP');
      answer.push(text);
      if (more !== '-') return { code: Number(code), lines: answer };
    }
  };
}
