// A hub with a mail server and a push service behind it, somebody who speaks, and people who are away and whom time passes by.
import { signToken } from '../../clients/cli/signing.ts';
import { withConnection } from '../store/databases.ts';
import { boot, TEST_SECRET, type TestHub } from './boot.ts';
import { connect, type TestClient } from './client.ts';
import { type MailSink, openMailSink, type SunkMail } from './mail-sink.ts';
import { openPushReceiver, type PushReceiver } from './push-receiver.ts';
import { until } from './until.ts';

export interface Away extends AsyncDisposable {
  readonly hub: TestHub;
  readonly mail: MailSink;
  readonly push: PushReceiver;
  /** She speaks. */
  readonly ada: TestClient;
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
  token(user: string): Promise<string>;
  /** People with addresses who are not here. */
  absent(...ids: string[]): Promise<void>;
  mails(id: string): SunkMail[];
  /** A room of Ada's. */
  hall(id: string, members: string[], kind?: 'public' | 'private'): Promise<void>;
  /** Ada says it; resolves with the message's id. */
  say(room: string, text: string, more?: object): Promise<string>;
  /** What was decided for somebody. */
  decided(user: string): Promise<readonly Record<string, unknown>[]>;
  /** Waits until so many messages concern somebody, lets two minutes pass, and resolves with what was decided, as in `mention notified away`. */
  ripen(user: string, count: number): Promise<string[]>;
  /** For a moment here, to do something. */
  visit(user: string, deed: (client: TestClient) => Promise<unknown>): Promise<void>;
}

export async function openAway(): Promise<Away> {
  await using parts = new AsyncDisposableStack();
  const mail = parts.use(await openMailSink());
  const push = parts.use(await openPushReceiver());
  const hub = parts.use(
    await boot({
      env: { SMTP_URL: mail.url, PRIVATE_TARGETS: '127.0.0.1', PUBLIC_URL: 'https://court.example' },
      presenceGrace: 0,
      notices: { look: 30, settle: 0 },
      outbox: {
        look: 30,
        pace: { email: 0, push: 0, sms: 0, webhook: 0 },
        // As long as nobody moves the clock.
        retry: { least: 600_000, most: 600_000 },
      },
    }),
  );
  const token = (user: string) => signToken(TEST_SECRET, { user, role: 'member', seconds: 3600 });
  const ada = parts.use(await connect(hub.url, { token: await token('ada') }));
  const sql = (text: string) => withConnection(hub.databaseUrl, db => db.unsafe(text));
  const decided = (user: string) =>
    sql(`select message, reason, verdict, rule from notices where user_id = '${user}' order by room, seq`);
  const open = parts.move();
  return {
    ...{ hub, mail, push, ada, sql, token, decided },
    async absent(...ids) {
      const rows = ids.map(id => `('${id}', 'Name of ${id}', 'member', '${id}@people.example')`);
      await sql(`insert into users (id, name, role, email, email_verified_at) values ${rows.join()}`);
    },
    mails: id => mail.of(`${id}@people.example`),
    async hall(id, members, kind = 'public') {
      await ada.call('room:create', { id, title: `The ${id}`, kind, members });
    },
    async say(room, text, more = {}) {
      const { id } = await ada.call('message:send', { room, id: crypto.randomUUID(), text, ...more });
      return id;
    },
    async ripen(user, count) {
      const waiting = async () => (await decided(user)).filter(({ verdict }) => verdict === 'waiting').length;
      await until(async () => (await waiting()) === count, `${count} wait for ${user}`);
      await sql(
        `update notices set at = at - interval '2 minutes' where user_id = '${user}' and verdict = 'waiting'`,
      );
      await until(async () => (await waiting()) === 0, `nothing waits for ${user}`);
      return (await decided(user)).map(({ reason, verdict, rule }) => `${reason} ${verdict} ${rule}`);
    },
    async visit(user, deed) {
      {
        await using client = await connect(hub.url, { token: await token(user) });
        await deed(client);
      }
      await until(() => hub.hub.presence.explain(user).claims.length === 0, `${user} has left`);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
