// A mail server for tests: speaks SMTP by a library of its own, keeps what it is given, and fails as told.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface SunkMail {
  readonly to: string;
  /** By name in lower case, unfolded. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of all parts, decoded. */
  readonly body: string;
}

/** What befalls a mail on its way: an answer with this code to its address or its text, or the connection is cut after the text was taken. */
export type MailFault = { readonly rcpt: number } | { readonly data: number } | 'cut' | 'hang';

export interface MailSink extends AsyncDisposable {
  /** For SMTP_URL. */
  readonly url: string;
  readonly mails: SunkMail[];
  /** What befalls each mail to come to an address. */
  readonly faults: Map<string, MailFault[]>;
  of(to: string): SunkMail[];
}

/** @param port 0: any */
export async function openMailSink(port = 0): Promise<MailSink> {
  const mails: SunkMail[] = [];
  const faults: MailSink['faults'] = new Map();
  const refusal = (responseCode: number) => Object.assign(new Error('as told'), { responseCode });
  const cut = (id: string) => {
    for (const connection of server.connections)
      if (connection.session.id === id) connection._socket.destroy();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onAuth: (_auth, _session, done) => done(null, { user: 'hub' }),
    onRcptTo({ address }, _session, done) {
      const fault = faults.get(address)?.[0];
      if (typeof fault !== 'object' || !('rcpt' in fault)) return done();
      faults.get(address)?.shift();
      done(refusal(fault.rcpt));
    },
    onData(stream, session, done) {
      const taken = (raw: string) => {
        const to = session.envelope.rcptTo[0]?.address ?? '';
        const fault = faults.get(to)?.shift();
        if (typeof fault === 'object' && 'data' in fault) return done(refusal(fault.data));
        mails.push({ to, ...parse(raw) });
        if (fault === 'cut') cut(session.id);
        else if (fault !== 'hang') done();
      };
      // Who is cut off in the middle has sent nothing.
      text(stream).then(taken, () => {});
    },
  }) as SMTPServer & {
    readonly connections: Set<{ session: { id: string }; _socket: { destroy(): void } }>;
  };
  server.on('error', () => {});
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    faults,
    of: to => mails.filter(mail => mail.to === to),
    async [Symbol.asyncDispose]() {
      for (const { _socket } of server.connections) _socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

function parse(raw: string): Omit<SunkMail, 'to'> {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = lines.map(line => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  // Parts in base64 would not be read; ours are quoted-printable or plain.
  const body = rest
    .join('\n\n')
    .replace(/=\r\n/g, '')
    .replace(/(=[0-9A-F]{2})+/g, codes => Buffer.from(codes.replaceAll('=', ''), 'hex').toString());
  return { headers: Object.fromEntries(headers), body };
}
